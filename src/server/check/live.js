/**
 * The script of the page of a check: loads the page again when something has
 * changed. The page contains the source of this function, so it uses nothing from
 * its module.
 */
export function live(connect) {
  const $ = (selector) => document.querySelector(selector);
  let isDue = false;
  const { say, refresh } = connect({
    renew(page) {
      const open = [...document.querySelectorAll("details[open]")];
      const next = page.querySelector("main");
      const focused = document.activeElement?.closest("main a")?.href;
      const { textContent, className } = next.querySelector("#headline");
      $("main").replaceWith(next);
      for (const { id } of open) {
        if ($(`#${id}`)) $(`#${id}`).open = true;
      }
      for (const link of document.querySelectorAll("main a")) {
        if (link.href === focused) link.focus();
      }
      say(textContent, className);
    },
    listeners: {
      snapshot(data) {
        const { attempts, transitions } = JSON.parse(data);
        const seen = `${attempts}/${transitions}`;
        if (isDue || seen === $("#hero").dataset.seen) return;
        isDue = true;
        setTimeout(() => {
          isDue = false;
          refresh();
        }, 1000);
      },
      removed: () => refresh(),
      // What one region sees may change without the check.
      beat() {
        if ($("#regions")) refresh();
      },
    },
  });
}
