import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { noCounts, rollup } from "../../src/core/rollup.ts";
import type { Snapshot } from "../../src/core/types.ts";
import { page } from "../../src/server/page.ts";
import { FAIL, PASS } from "../support/probes.ts";
import { EACH, fleetOf, ODD, see, snapshotsOf } from "./fleets.ts";

/** The page of some snapshots. */
async function pageOf(
  snapshots: readonly Snapshot[],
  { title = "lifesign", base = "" } = {},
): Promise<string> {
  const nonce = "n0nce";
  const counts = rollup(noCounts());
  return `${await page({ title, rollup: counts, snapshots, base, nonce })}`;
}

Deno.test("page() shows what is known of each check", async () => {
  await using fleet = await fleetOf(EACH);
  const { text } = see(await pageOf(fleet.list(), { title: "Our services" }));
  assertMatch(text, /Our services/);
  for (const { id, status, target, reason, type } of fleet.list()) {
    for (const shown of [id, status, target, type, reason?.message ?? ""]) {
      assert(text.includes(shown), shown);
    }
  }
  assertMatch(text, /● healthy/);
  assertMatch(text, /▲ degraded/);
  assertMatch(text, /✕ unhealthy/);
  assertMatch(text, /○ unknown/);
  assertMatch(text, /edge/);
});

Deno.test("page() shows durations and times for people and machines", async () => {
  const [snapshot] = await snapshotsOf({ up: { step: PASS } });
  const since = new Date("2026-01-02T03:04:05.678Z");
  const html = await pageOf([{ ...snapshot!, since, durationMs: 1234 }]);
  assertMatch(html, /<td>1\.2s<\/td>/);
  assertMatch(
    html,
    /<time datetime="2026-01-02T03:04:05\.678Z">2026-01-02 03:04:05 UTC<\/time>/,
  );
  const untried = await pageOf([{ ...snapshot!, durationMs: null }]);
  assertMatch(untried, /<td><\/td>/);
});

Deno.test("page() has a table without checks, too", async () => {
  const { elements } = see(await pageOf([]));
  assert(elements.includes("table"));
});

Deno.test("page() needs no script, and nothing from elsewhere", async () => {
  const html = await pageOf(await snapshotsOf(EACH));
  const { elements, attributes, links } = see(html);
  for (const element of ["script", "img", "link", "iframe", "object", "form"]) {
    assertFalse(elements.includes(element), element);
  }
  for (const attribute of attributes) {
    assertFalse(/^(on|style|src)/.test(attribute), attribute);
  }
  for (const link of links) assertFalse(/^([a-z]+:|\/)/i.test(link), link);
  assertFalse(/@import|url\(/.test(html));
});

Deno.test("page() puts the nonce on its only style", async () => {
  const html = await pageOf([]);
  assertEquals(html.match(/<style[^>]*>/g), ['<style nonce="n0nce">']);
});

for (const text of ODD) {
  Deno.test(`page() escapes ${JSON.stringify(text)} wherever it may be`, async () => {
    const [snapshot] = await snapshotsOf({ a: { step: FAIL } });
    const odd: Snapshot = {
      ...snapshot!,
      id: text,
      group: text,
      type: text,
      target: text,
      reason: { code: "body", message: text },
    };
    const plain = see(await pageOf([{ ...snapshot!, group: "group" }]));
    const html = await pageOf([odd], { title: text });
    const seen = see(html);
    assertEquals(seen.elements, plain.elements);
    assertEquals(seen.attributes, plain.attributes);
    assertEquals(seen.text.split(text).length - 1, 7);
    const [link] = seen.links;
    assertEquals(
      decodeURIComponent(link!.replace(/^checks\//, "")),
      text.toWellFormed(),
    );
  });
}

Deno.test("page() escapes what its links start with", async () => {
  const html = await pageOf([], { base: `./"><script>/` });
  assertFalse(html.includes("<script>"));
  assertEquals(see(html).links, [
    './"><script>/checks',
    './"><script>/health',
    './"><script>/readyz?verbose',
  ]);
});
