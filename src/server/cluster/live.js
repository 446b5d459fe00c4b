/**
 * What the script of the status page does beside its rows where there is a cluster:
 * it puts the lines about that in place. The page contains the source of this
 * function, so it uses nothing from its module.
 */
export function clusterLive({ renew, listeners }) {
  const { base } = document.body.dataset;
  const parser = document.createElement("template");
  const put = (next) => {
    const old = document.querySelector("#cluster");
    const hadFocus = old.contains(document.activeElement);
    old.replaceWith(next);
    if (hadFocus) next.querySelector("a")?.focus();
  };
  return {
    renew(page) {
      put(page.querySelector("#cluster"));
      renew(page);
    },
    listeners: {
      ...listeners,
      cluster(data) {
        parser.innerHTML = data;
        const next = parser.content.firstElementChild;
        for (const link of next.querySelectorAll("a")) {
          link.setAttribute("href", base + link.getAttribute("href"));
        }
        put(next);
      },
    },
  };
}
