/**
 * Follows the events of the app, and says in the headline, the title and the icon
 * of the page when the connection is lost. Pages contain the source of this
 * function, so it uses nothing from its module.
 *
 * `renew` takes the page as it is now. The result has `say`, which shows another
 * headline, `refresh`, which loads the page again, and `reload`, which begins to
 * listen again as well, as after events were missed.
 */
export function connect(icon, ago, { listeners, renew }) {
  const $ = (selector) => document.querySelector(selector);
  const { base, events, now, title } = document.body.dataset;
  const skew = Date.now() - Date.parse(now);
  const parser = document.createElement("template");
  const headline = () => $("#headline");
  let known = { text: headline().textContent, status: headline().className };
  let source;
  let heardAt = Date.now();
  let isCut = false;
  let isLost = false;
  let timer;

  const paint = () => {
    const text = isLost ? "Connection lost" : known.text;
    const status = isLost ? "lost" : known.status;
    const shown = headline();
    if (shown.textContent !== text) shown.textContent = text;
    shown.className = status;
    document.body.classList.toggle("lost", isLost);
    document.title = text + title;
    $("link[rel=icon]").href = icon(status);
    $("#note").hidden = !isLost;
    $("#note").textContent = isLost
      ? `No news since ${
        new Date(heardAt).toLocaleTimeString()
      }, reconnecting. Last known: ${known.text}`
      : "";
  };
  const say = (text, status) => {
    known = { text, status };
    paint();
  };
  const heard = () => heardAt = Date.now();
  const cut = () => {
    isCut = true;
    // A server that was only restarted is back before that.
    timer ??= setTimeout(() => {
      isLost = true;
      paint();
    }, 3000);
  };
  const whole = () => {
    clearTimeout(timer);
    timer = undefined;
    isCut = isLost = false;
    paint();
  };
  const load = async () => {
    const answer = await fetch(location.href, {
      headers: { accept: "text/html" },
    });
    // A check that was removed has no page.
    if (!answer.ok && answer.status !== 404) {
      throw new Error(answer.statusText);
    }
    parser.innerHTML = await answer.text();
    renew(parser.content);
  };
  const refresh = () => load().catch(cut);
  const reload = async () => {
    source.close();
    try {
      await load();
    } catch {
      cut();
      return setTimeout(reload, 5000);
    }
    whole();
    follow();
  };
  const follow = () => {
    source?.close();
    source = new EventSource(base + events);
    source.onopen = () => {
      heard();
      // A new connection does not tell what was removed in the meantime.
      if (isCut) reload();
    };
    source.onerror = () => {
      cut();
      // A browser gives up if a proxy responds that the server is away.
      if (source.readyState === EventSource.CLOSED) setTimeout(follow, 5000);
    };
    source.addEventListener("beat", heard);
    for (const [name, listener] of Object.entries(listeners)) {
      source.addEventListener(name, ({ data }) => {
        heard();
        listener(data);
      });
    }
  };
  setInterval(() => {
    for (const time of document.querySelectorAll("time:not([data-at])")) {
      time.textContent = ago(Date.now() - skew - Date.parse(time.dateTime));
    }
    // A cable that was pulled out is no error to a browser.
    if (Date.now() - heardAt > 40_000 && !isCut) {
      cut();
      follow();
    }
  }, 5000);
  follow();
  // A page that a browser kept for its back button has lost its connection.
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) reload();
  });
  return { say, reload, refresh };
}
