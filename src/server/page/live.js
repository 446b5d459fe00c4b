/**
 * The script of the page: follows the events, and filters the checks. The page
 * contains the source of this function and of its arguments, so it uses nothing
 * from its module.
 */
export function live(summary, ago, icon) {
  const $ = (selector) => document.querySelector(selector);
  const rows = new Map();
  const sentence = $("h1");
  const search = $("input");
  const parser = document.createElement("template");
  const { base, now, title } = document.body.dataset;
  const skew = Date.now() - Date.parse(now);
  let status = "";
  let isDrawn = true;

  const show = (row) => {
    const text = row.textContent.toLowerCase();
    row.hidden = !(status === "" || row.className === status) ||
      !search.value.toLowerCase().split(/\s+/).every((w) => text.includes(w));
  };
  const draw = () => {
    isDrawn = true;
    const counts = { unhealthy: 0, unknown: 0, degraded: 0, healthy: 0 };
    for (const row of rows.values()) counts[row.className]++;
    const worst = Object.keys(counts).find((each) => counts[each] > 0) ??
      "unknown";
    const text = summary({ counts });
    if (sentence.textContent !== text) sentence.textContent = text;
    sentence.className = worst;
    document.title = text + title;
    $("link[rel=icon]").href = icon(worst);
    for (const button of document.querySelectorAll("button")) {
      const count = counts[button.value];
      button.lastChild.textContent = count;
      button.hidden = count === 0 && button.value !== status;
      button.setAttribute("aria-pressed", String(button.value === status));
    }
  };
  const drawSoon = () => {
    if (isDrawn) requestAnimationFrame(draw);
    isDrawn = false;
  };
  const add = (row) => {
    rows.set(row.dataset.id, row);
    show(row);
  };
  const filter = () => {
    for (const row of rows.values()) show(row);
    drawSoon();
  };
  const { classList } = document.body;
  let events;
  // Only the server knows which checks were added, and their order.
  const renew = async () => {
    events.close();
    try {
      const answer = await fetch(location.href);
      if (!answer.ok) throw new Error(answer.statusText);
      parser.innerHTML = await answer.text();
      $("main").innerHTML = parser.content.querySelector("main").innerHTML;
    } catch {
      classList.add("lost");
      return setTimeout(renew, 5000);
    }
    rows.clear();
    for (const row of document.querySelectorAll("li")) add(row);
    drawSoon();
    follow();
  };
  const follow = () => {
    events?.close();
    events = new EventSource(base + document.body.dataset.events);
    events.onopen = () => {
      // A new connection does not tell what was removed in the meantime.
      if (classList.contains("lost")) renew();
      classList.remove("lost");
    };
    events.onerror = () => {
      classList.add("lost");
      // A browser gives up if a proxy responds that the server is away.
      if (events.readyState === EventSource.CLOSED) setTimeout(follow, 5000);
    };
    events.addEventListener("row", ({ data }) => {
      parser.innerHTML = data;
      const row = parser.content.firstElementChild;
      const link = row.querySelector("a");
      link.setAttribute("href", base + link.getAttribute("href"));
      const old = rows.get(row.dataset.id);
      if (old === undefined) return renew();
      if (old.isEqualNode(row)) return;
      const hasFocus = old.contains(document.activeElement);
      old.replaceWith(row);
      if (hasFocus) link.focus();
      add(row);
      drawSoon();
    });
    events.addEventListener("removed", ({ data }) => {
      const { id } = JSON.parse(data);
      rows.get(id)?.remove();
      rows.delete(id);
      drawSoon();
    });
    events.addEventListener("arranged", renew);
  };

  for (const row of document.querySelectorAll("li")) add(row);
  for (const button of document.querySelectorAll("button")) {
    button.onclick = () => {
      status = status === button.value ? "" : button.value;
      filter();
    };
  }
  search.oninput = filter;
  $("form").hidden = false;
  $("form").onsubmit = () => false;
  setInterval(() => {
    for (const time of document.querySelectorAll("time")) {
      time.textContent = ago(Date.now() - skew - Date.parse(time.dateTime));
    }
  }, 5000);
  follow();
  // A page that a browser kept for its back button has lost its connection.
  addEventListener("pagehide", () => events.close());
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) follow();
  });
  draw();
}
