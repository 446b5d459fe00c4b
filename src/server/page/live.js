/**
 * The script of the page: puts the rows of events in place, counts, filters and
 * folds. The page contains the source of this function and of its arguments, so
 * it uses nothing from its module.
 */
export function live(summary, connect, most) {
  const $ = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const rows = new Map();
  const search = $("input[type=search]");
  const parser = document.createElement("template");
  const { base } = document.body.dataset;
  const stored = `lifesign folded ${location.pathname}`;
  let status = new URLSearchParams(location.search).get("status") ?? "";
  let folded = new Set();
  let isDrawn = true;
  try {
    folded = new Set(JSON.parse(localStorage.getItem(stored) ?? "[]"));
  } catch {
    // The browser keeps nothing for this page.
  }

  const worst = (counts) =>
    Object.keys(counts).find((each) => counts[each] > 0) ?? "unknown";
  const countOf = (list) => {
    const counts = { unhealthy: 0, unknown: 0, degraded: 0, healthy: 0 };
    let maintenance = 0;
    for (const { classList } of list) {
      if (classList.contains("maintenance")) maintenance++;
      else counts[classList[0]]++;
    }
    return { counts, maintenance };
  };
  const isFiltered = () => status !== "" || search.value.trim() !== "";
  const show = (row) => {
    const parts = row.querySelectorAll("b,a,small,p");
    const text = Array.from(parts, (part) => part.textContent).join("\n")
      .toLowerCase();
    row.hidden = !(status === "" || row.classList[0] === status) ||
      !search.value.toLowerCase().split(/\s+/).every((w) => text.includes(w));
  };
  const toTrouble = (row) => {
    const line = document.createElement("li");
    line.className = row.className;
    for (const part of row.querySelectorAll("b,a,time,p")) {
      line.append(part.cloneNode(true));
    }
    return line;
  };
  const draw = () => {
    isDrawn = true;
    const everything = [...rows.values()];
    const total = countOf(everything);
    say(summary(total), worst(total.counts));
    for (const button of all("button[data-status]")) {
      const each = button.dataset.status;
      const count = everything.filter(({ classList }) => classList[0] === each)
        .length;
      button.lastChild.textContent = count;
      button.hidden = count === 0 && each !== status;
      button.setAttribute("aria-pressed", String(each === status));
    }
    for (const details of all("details[data-group]")) {
      const sum = countOf(details.querySelectorAll("li"));
      const note = details.querySelector("summary small");
      const count = details.querySelectorAll("li").length;
      note.textContent = sum.counts.healthy === count ? count : summary(sum);
      note.className = worst(sum.counts);
      details.open = isFiltered() || !folded.has(details.dataset.group);
    }
    const troubles = everything.filter(({ classList }) =>
      classList.contains("alarm")
    );
    const order = ["unhealthy", "unknown", "degraded"];
    troubles.sort((a, b) =>
      order.indexOf(a.classList[0]) - order.indexOf(b.classList[0]) ||
      a.classList.contains("caused") - b.classList.contains("caused")
    );
    const lines = troubles.slice(0, most).map(toTrouble);
    const list = $("#trouble");
    const isSame = lines.length === list.children.length &&
      lines.every((line, i) => line.isEqualNode(list.children[i]));
    if (!isSame) {
      const { activeElement } = document;
      const href = list.contains(activeElement) && activeElement.href;
      list.replaceChildren(...lines);
      all("#trouble a").find((link) => link.href === href)?.focus();
    }
    list.hidden = lines.length === 0;
    const more = troubles.length - lines.length;
    $("#more").hidden = more === 0;
    $("#more b").textContent = more;
    $("#empty").hidden = rows.size > 0;
    $("#nothing").hidden = rows.size === 0 ||
      everything.some(({ hidden }) => !hidden);
  };
  const drawSoon = () => {
    if (isDrawn) requestAnimationFrame(draw);
    isDrawn = false;
  };
  const add = (row) => {
    rows.set(row.dataset.id, row);
    show(row);
  };
  const addAll = () => {
    rows.clear();
    all("#checks li").forEach(add);
    for (const summary of all("summary")) {
      const { group } = summary.parentElement.dataset;
      summary.onclick = () => {
        if (isFiltered()) return;
        if (summary.parentElement.open) folded.add(group);
        else folded.delete(group);
        try {
          localStorage.setItem(stored, JSON.stringify([...folded]));
        } catch {
          // Likewise.
        }
      };
    }
  };
  const filter = () => {
    rows.forEach(show);
    const url = new URL(location.href);
    const { searchParams } = url;
    for (const [name, value] of [["q", search.value], ["status", status]]) {
      if (value === "") searchParams.delete(name);
      else searchParams.set(name, value);
    }
    history.replaceState(null, "", url);
    drawSoon();
  };
  const { say, reload } = connect({
    renew(page) {
      $("#checks").replaceWith(page.querySelector("#checks"));
      addAll();
      drawSoon();
    },
    listeners: {
      row(data) {
        parser.innerHTML = data;
        const row = parser.content.firstElementChild;
        const link = row.querySelector("a");
        link.setAttribute("href", base + link.getAttribute("href"));
        const old = rows.get(row.dataset.id);
        if (old === undefined) return reload();
        row.hidden = old.hidden;
        if (old.isEqualNode(row)) return;
        const hasFocus = old.contains(document.activeElement);
        old.replaceWith(row);
        if (hasFocus) link.focus();
        add(row);
        drawSoon();
      },
      removed(data) {
        const { id } = JSON.parse(data);
        rows.get(id)?.remove();
        rows.delete(id);
        drawSoon();
      },
      arranged: () => reload(),
      beat(data) {
        const lines = JSON.parse(data).map((text) => {
          const line = document.createElement("li");
          line.textContent = text;
          return line;
        });
        $("#told").replaceChildren(...lines);
        $("#told").hidden = lines.length === 0;
      },
    },
  });

  for (const button of all("button[data-status]")) {
    button.onclick = () => {
      const each = button.dataset.status;
      status = status === each ? "" : each;
      filter();
    };
  }
  search.oninput = filter;
  $("form").onsubmit = () => false;
  $("#go").hidden = true;
  addAll();
  draw();
}
