import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { Hono } from "hono";
import type { Snapshot } from "../../../src/core/types.ts";
import { createApp } from "../../../src/server/mod.ts";
import { FakeTime } from "@std/testing/time";
import { FAIL, PASS } from "../../support/probes.ts";
import { advance } from "../../support/time.ts";
import { EventReader } from "../events.ts";
import { type Check, fleetOf } from "../fleets.ts";
import "../../support/no_proxy.ts";

const CHECKS: Readonly<Record<string, Check>> = {
  a: { step: PASS, group: "edge" },
  b: { step: FAIL },
  c: { step: PASS, group: "data" },
};

/** Which checks are told of first, by a query. */
const QUERIES: readonly (readonly [string, readonly string[]])[] = [
  ["", ["a", "b", "c"]],
  ["?check=b", ["b"]],
  ["?check=c&check=a", ["a", "c"]],
  ["?group=edge", ["a"]],
  ["?group=edge&group=data", ["a", "c"]],
  ["?group=edge&check=c", []],
  ["?group=", ["b"]],
  ["?group=nobody", []],
];

for (const [query, ids] of QUERIES) {
  Deno.test(`GET /events${query} tells of ${ids.join(", ") || "none"}`, async () => {
    await using fleet = await fleetOf(CHECKS);
    const response = await createApp(fleet).request(`/events${query}`);
    assertEquals(response.headers.get("content-type"), "text/event-stream");
    assertEquals(response.headers.get("cache-control"), "no-store");
    await using reader = new EventReader(response.body!);
    const events = await reader.take(1 + ids.length);
    assertEquals(
      events.slice(1).map(({ event, data }) => {
        const snapshot: Snapshot = JSON.parse(data);
        assertEquals(event, "snapshot");
        assertEquals(data, JSON.stringify(fleet.get(snapshot.id)));
        return snapshot.id;
      }),
      ids,
    );
  });
}

for (const [query, ids] of QUERIES) {
  // A page that heard of others would load itself again and again.
  if (!/^\?group=[a-z]*$/.test(query)) continue;
  Deno.test(`GET /${query} shows what its events tell of`, async () => {
    await using fleet = await fleetOf(CHECKS);
    const html = await (await createApp(fleet).request(`/${query}`)).text();
    const shown = [...html.matchAll(/<li data-id="([^"]*)"/g)];
    assertEquals(shown.map(([, id]) => id), [...ids]);
  });
}

Deno.test("GET /events of a check that there is not is a 404", async () => {
  await using fleet = await fleetOf(CHECKS);
  const response = await createApp(fleet).request("/events?check=a&check=no");
  assertEquals(response.status, 404);
  assertEquals(await response.json(), {
    error: 'There is no check named "no"',
  });
});

Deno.test("HEAD /events answers as GET does, and follows nothing", async () => {
  await using fleet = await fleetOf(CHECKS);
  const response = await createApp(fleet).request("/events", {
    method: "HEAD",
  });
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  assertEquals(response.body, null);
});

Deno.test("GET /events asks for the token", async () => {
  await using fleet = await fleetOf(CHECKS);
  const app = createApp(fleet, { token: "s3cret" });
  assertEquals((await app.request("/events")).status, 401);
  const response = await app.request("/events", {
    headers: { authorization: "Bearer s3cret" },
  });
  await using reader = new EventReader(response.body!);
  assertEquals((await reader.take(4)).length, 4);
});

Deno.test("GET /events?rows tells in rows of the page", async () => {
  await using fleet = await fleetOf(CHECKS);
  const app = new Hono().route("/status", createApp(fleet));
  const response = await app.request("/status/events?rows&check=a");
  await using reader = new EventReader(response.body!);
  const [, row] = await reader.take(2);
  assertEquals(row!.event, "row");
  assertMatch(row!.data, /^<li data-id="a" class="healthy">.*<\/li>$/);
});

for (const query of ["?rows", "?beat"]) {
  Deno.test(`GET /events${query} sends signs of life that a browser tells of`, async () => {
    using time = new FakeTime();
    await using fleet = await fleetOf({ a: {} });
    const response = await createApp(fleet).request(`/events${query}`);
    await using reader = new EventReader(response.body!);
    await reader.take(2);
    const beat = reader.next();
    await advance(time, 15_000);
    assertEquals((await beat)!.event, "beat");
  });
}

Deno.test("GET /events of a real server ends with whoever asked, and with the fleet", async () => {
  const fleet = await fleetOf(CHECKS);
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen() {},
  }, createApp(fleet).fetch);
  const url = `http://127.0.0.1:${server.addr.port}/events`;
  const controller = new AbortController();
  const left = await fetch(url, { signal: controller.signal });
  const leaver = new EventReader(left.body!);
  assertEquals((await leaver.take(4)).length, 4);
  controller.abort();
  const stayer = new EventReader((await fetch(url)).body!);
  assertEquals((await stayer.take(4)).length, 4);
  await fleet.attempt("a");
  assertEquals((await stayer.take(1)).length, 1);
  const startedAt = performance.now();
  await fleet.close();
  assertEquals(await stayer.next(), null);
  // It would wait for a stream that does not end.
  await server.shutdown();
  assertLess(performance.now() - startedAt, 5000);
});
