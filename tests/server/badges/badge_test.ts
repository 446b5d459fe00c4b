import { assert, assertEquals, assertFalse } from "@std/assert";
import fc from "fast-check";
import { SaxesParser } from "saxes";
import type { Status } from "../../../src/core/types.ts";
import { Fleet } from "../../../src/fleet/fleet.ts";
import {
  missingBadge,
  statusBadge,
  toEndpoint,
  toSvg,
  uptimeBadge,
} from "../../../src/server/badges/badge.ts";
import { createApp } from "../../../src/server/mod.ts";
import { ERROR, FAIL, PASS, scripted, WARN } from "../../support/probes.ts";
import { memoryArchive, STEP_MS } from "../../support/memory_archive.ts";
import { EACH, fleetOf, ODD } from "../fleets.ts";

/** An element, as a parser has it. */
interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
}

/** Reads a document, and throws if it is no well-formed XML. */
function parse(xml: string): Element[] {
  const elements: Element[] = [];
  const open: Element[] = [];
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element = { name, attributes, text: "" };
    elements.push(element);
    open.push(element);
  });
  parser.on("text", (text) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  });
  parser.on("closetag", () => void open.pop());
  parser.write(xml).close();
  return elements;
}

/** What is seen of a badge. */
function see(svg: string): {
  readonly title: string;
  readonly texts: readonly string[];
  readonly colors: readonly string[];
  readonly width: number;
} {
  const elements = parse(svg);
  const [root, title] = elements;
  assertEquals([root?.name, title?.name], ["svg", "title"]);
  assertEquals(root?.attributes["aria-label"], title?.text);
  assertEquals(root?.attributes.role, "img");
  assertEquals(root?.attributes.height, "20");
  const shown = elements.filter(({ name, attributes }) =>
    name === "text" && attributes["aria-hidden"] === undefined
  );
  const width = Number(root?.attributes.width);
  for (const { attributes: { x, textLength } } of shown) {
    const half = Number(textLength) / 2;
    assert(Number(x) - half >= 50, "cut off on its left");
    assert(Number(x) + half <= width * 10 - 40, "cut off on its right");
  }
  return {
    title: title!.text,
    texts: shown.map(({ text }) => text),
    colors: elements.filter(({ name }) => name === "rect")
      .map(({ attributes }) => attributes.fill!)
      .filter((fill) => /^#(?!fff|555)/.test(fill)),
    width,
  };
}

const STATUS_COLORS: readonly (readonly [Status, string])[] = [
  ["healthy", "#4c1"],
  ["degraded", "#dfb317"],
  ["unhealthy", "#e05d44"],
  ["unknown", "#9f9f9f"],
];

for (const [status, color] of STATUS_COLORS) {
  Deno.test(`statusBadge() says ${status} on ${color}`, () => {
    const badge = statusBadge("web", status);
    assertEquals(badge, { label: "web", message: status, color });
    const { title, texts, colors } = see(toSvg(badge));
    assertEquals(title, `web: ${status}`);
    assertEquals(texts, ["web", status]);
    assertEquals(colors, [color]);
  });
}

/** How many attempts passed and failed, and what that is. */
const UPTIMES: readonly (readonly [number, number, string, string])[] = [
  [0, 0, "unknown", "#9f9f9f"],
  [1, 0, "100%", "#4c1"],
  [9_999_999, 1, "99.99999%", "#4c1"],
  [9995, 5, "99.95%", "#4c1"],
  [999, 1, "99.9%", "#4c1"],
  [9989, 11, "99.89%", "#97ca00"],
  [99, 1, "99%", "#97ca00"],
  [98, 2, "98%", "#dfb317"],
  [2, 1, "66.66%", "#e05d44"],
  [92, 8, "92%", "#fe7d37"],
  [29, 71, "29%", "#e05d44"],
  [57, 43, "57%", "#e05d44"],
  [1, 1_000_000, "0.00009%", "#e05d44"],
  [0, 3, "0%", "#e05d44"],
];

for (const [passed, failed, message, color] of UPTIMES) {
  Deno.test(`uptimeBadge() says ${message} of ${passed} and ${failed}`, () => {
    const total = passed + failed;
    assertEquals(uptimeBadge("web", total === 0 ? null : passed / total), {
      label: "web",
      message,
      color,
    });
  });
}

Deno.test("toEndpoint() speaks as shields.io wants it", () => {
  assertEquals<unknown>(toEndpoint(missingBadge("web")), {
    schemaVersion: 1,
    label: "web",
    message: "not found",
    color: "#9f9f9f",
  });
});

/** Labels and how wide shields.io makes a badge of them that says healthy. */
const WIDTHS: readonly (readonly [string, number])[] = [
  ["web", 84],
  ["database", 112],
  ["The Quick Brown Fox", 178],
  ["iiiilll|||", 98],
  ["WWWmmmm@@@%%%", 204],
  ["été à Zürich", 128],
];

for (const [label, width] of WIDTHS) {
  Deno.test(`toSvg() makes a badge for ${label} as wide as shields.io does`, () => {
    assertEquals(see(toSvg(statusBadge(label, "healthy"))).width, width);
  });
}

Deno.test("toSvg() takes an accent for no letter, and a family for one", () => {
  const widthOf = (label: string): number =>
    see(toSvg(statusBadge(label, "healthy"))).width;
  assertEquals(widthOf("e\u0301te\u0301"), widthOf("ete"));
  assertEquals(widthOf("👩‍👩‍👧‍👦"), widthOf("日"));
});

Deno.test("toSvg() is well-formed whatever the label is", () => {
  const label = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.string({ unit: fc.nat(0xffff).map((n) => String.fromCharCode(n)) }),
    fc.constantFrom(...ODD, "\ufffe\uffff", "x".repeat(98) + "🙂🙂🙂🙂", ""),
  );
  fc.assert(fc.property(label, (label) => {
    const { texts, title } = see(toSvg(statusBadge(label, "healthy")));
    assertEquals(title, `${texts[0] ?? ""}: healthy`);
    assert(title.length < 120);
  }));
});

Deno.test("a badge needs no style, no script and nothing from elsewhere", () => {
  const elements = parse(toSvg(statusBadge(ODD[0], "healthy")));
  for (const { name, attributes } of elements) {
    assertFalse(/style|script|image|use|foreign/i.test(name), name);
    for (const [key, value] of Object.entries(attributes)) {
      assertFalse(/^(?:style|class|href|xlink|on)/i.test(key), key);
      const url = /url\((?!#)/.test(value);
      assertFalse(url, value);
    }
  }
});

for (const id of [...ODD, "a%2Fb", "x.svg", "a/uptime", "web"]) {
  const shown = JSON.stringify(id);
  Deno.test(`the check ${shown} has its badges`, async () => {
    await using fleet = await fleetOf({ [id]: { step: PASS } });
    const app = createApp(fleet);
    const at = `/badge/${encodeURIComponent(id.toWellFormed())}`;
    // What no URL can say cannot be asked for.
    const status = id.isWellFormed() ? 200 : 404;
    for (const path of [`${at}.svg`, `${at}/uptime.svg`]) {
      const response = await app.request(path);
      assertEquals(response.status, status, path);
      const { texts: [label, message] } = see(await response.text());
      if (status === 404) continue;
      const { label: expected } = statusBadge(
        path.endsWith("/uptime.svg") ? `${id} uptime` : id,
        "healthy",
      );
      assertEquals(label, expected);
      assertEquals(message, path.endsWith("/uptime.svg") ? "100%" : "healthy");
    }
    const response = await app.request(`${at}.json`);
    assertEquals(response.status, status);
    if (status === 404) return;
    assertEquals<unknown>(
      await response.json(),
      toEndpoint(statusBadge(id, "healthy")),
    );
  });
}

Deno.test("badges say how a check is now, and what came of its attempts", async () => {
  await using fleet = new Fleet({ background: false });
  fleet.add(scripted([PASS, WARN, ERROR, FAIL]), { id: "web", retries: 1 });
  const app = createApp(fleet);
  const told = async (path: string): Promise<string> =>
    see(await (await app.request(`/badge/web${path}`)).text()).title;
  assertEquals(await told(".svg"), "web: unknown");
  assertEquals(await told("/uptime.svg"), "web uptime: unknown");
  const seen: string[] = [];
  for (let i = 0; i < 4; i++) {
    await fleet.attemptAll();
    seen.push(`${await told(".svg")}, ${await told("/uptime.svg")}`);
  }
  assertEquals(seen, [
    "web: healthy, web uptime: 100%",
    "web: degraded, web uptime: 100%",
    "web: unknown, web uptime: 100%",
    "web: unhealthy, web uptime: 66.66%",
  ]);
});

Deno.test("a badge is called as the request says", async () => {
  await using fleet = await fleetOf(EACH);
  const app = createApp(fleet);
  const label = "Our <shop> & more";
  const query = new URLSearchParams({ label });
  for (const path of ["up.svg", "up/uptime.svg", "nobody.svg"]) {
    const svg = await (await app.request(`/badge/${path}?${query}`)).text();
    assertEquals(see(svg).texts[0], label);
  }
  const endpoint = await app.request(`/badge/up.json?${query}`);
  assertEquals((await endpoint.json()).label, label);
  const empty = await app.request("/badge/up.svg?label=");
  assertEquals(see(await empty.text()).title, "up: healthy");
});

Deno.test("a badge of a check that does not exist is grey, with the status 404", async () => {
  await using fleet = await fleetOf(EACH);
  const app = createApp(fleet);
  for (const path of ["nobody.svg", "nobody/uptime.svg"]) {
    const response = await app.request(`/badge/${path}`);
    assertEquals(response.status, 404);
    const { texts, colors } = see(await response.text());
    assertEquals([texts[1], colors], ["not found", ["#9f9f9f"]]);
  }
  const response = await app.request("/badge/nobody.json");
  assertEquals(response.status, 404);
  assertEquals(await response.json(), {
    error: 'There is no check named "nobody"',
  });
});

Deno.test("badges may be shown on other sites, and nothing else may", async () => {
  await using fleet = await fleetOf(EACH);
  const app = createApp(fleet);
  for (const path of ["up.svg", "up/uptime.svg", "up.json", "nobody.svg"]) {
    const { headers } = await app.request(`/badge/${path}`);
    assertEquals(headers.get("cross-origin-resource-policy"), "cross-origin");
    assertEquals(headers.get("cache-control"), "no-store");
  }
  for (const path of ["/", "/checks", "/health"]) {
    const { headers } = await app.request(path);
    assertEquals(headers.get("cross-origin-resource-policy"), "same-origin");
  }
});

Deno.test("badges of uptime are by time where there is a history", async () => {
  const now = Date.now();
  const DAY = STEP_MS.day;
  await using fleet = new Fleet({ background: false });
  fleet.add(scripted([FAIL]), { id: "web", retries: 1 });
  fleet.add(scripted([PASS]), { id: "new", retries: 1 });
  await fleet.attemptAll();
  const web = {
    stretches: [
      { was: "unhealthy", from: now - 60 * DAY, to: now - 20 * DAY },
      { was: "healthy", from: now - 20 * DAY, to: now },
    ],
  } as const;
  const app = createApp(fleet, { archive: memoryArchive({ web }, now) });
  const told = async (path: string): Promise<unknown[]> => {
    const response = await app.request(`/badge/${path}`);
    const { title, colors } = see(await response.text());
    return [response.status, title.replace(/\.\d+/, ""), colors];
  };
  for (
    const [path, ...expected] of [
      ["web/uptime.svg", 200, "web uptime: 66%", "#e05d44"],
      ["web/uptime/24h.svg", 200, "web uptime 24h: 100%", "#4c1"],
      ["web/uptime/7d.svg", 200, "web uptime 7d: 100%", "#4c1"],
      ["web/uptime/30d.svg", 200, "web uptime 30d: 66%", "#e05d44"],
      ["web/uptime/90d.svg", 200, "web uptime 90d: 33%", "#e05d44"],
      ["web/uptime/90d.svg?label=x", 200, "x: 33%", "#e05d44"],
      ["new/uptime/24h.svg", 200, "new uptime 24h: unknown", "#9f9f9f"],
      ["no/uptime/24h.svg", 404, "no uptime 24h: not found", "#9f9f9f"],
    ] as const
  ) {
    const [status, title, color] = expected;
    assertEquals(await told(path), [status, title, [color]], path);
  }
  assertEquals((await app.request("/badge/web/uptime/1y.svg")).status, 404);
});

Deno.test("a badge of uptime in a window says that no history is kept", async () => {
  await using fleet = await fleetOf({ web: { step: PASS } });
  const response = await createApp(fleet).request("/badge/web/uptime/7d.svg");
  const { title } = see(await response.text());
  assertEquals([response.status, title], [404, "web uptime 7d: no history"]);
});
