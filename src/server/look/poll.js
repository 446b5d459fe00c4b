/**
 * Loads the page again, every half minute by default, and says in the headline, the title and
 * the icon if that fails. Pages contain the source of this function, so it uses
 * nothing from its module.
 */
export function poll(icon, everyMs = 30_000) {
  const $ = (selector) => document.querySelector(selector);
  const { title } = document.body.dataset;
  const parser = document.createElement("template");
  let loadedAt = Date.now();

  const paint = (text, status) => {
    const headline = $("#headline");
    headline.textContent = text;
    headline.className = status;
    document.title = text + title;
    $("link[rel=icon]").href = icon(status);
  };
  const load = async () => {
    try {
      const answer = await fetch(location.href, {
        headers: { accept: "text/html" },
      });
      if (!answer.ok) throw new Error(answer.statusText);
      parser.innerHTML = await answer.text();
      const next = parser.content.querySelector("main");
      const { textContent, className } = next.querySelector("#headline");
      $("main").replaceWith(next);
      paint(textContent, className);
      document.body.classList.remove("lost");
      loadedAt = Date.now();
    } catch {
      const since = new Date(loadedAt).toLocaleTimeString();
      paint(`No connection since ${since}`, "lost");
      document.body.classList.add("lost");
    }
  };
  setInterval(() => {
    if (document.visibilityState === "visible") load();
  }, everyMs);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") load();
  });
}
