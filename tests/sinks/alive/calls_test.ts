import { assert, assertEquals, assertMatch } from "@std/assert";
import { Fleet } from "../../../src/fleet/fleet.ts";
import { Calls } from "../../../src/sinks/alive/calls.ts";
import { PASS, scripted } from "../../support/probes.ts";
import { type HttpServer, httpServer } from "../../support/servers.ts";
import { block } from "../../support/time.ts";

/** Far longer than anything here takes. */
const PATIENCE_MS = 60_000;

const TOKEN = "3f7b9c1e-secret";

interface Calling extends AsyncDisposable {
  readonly fleet: Fleet;
  readonly calls: Calls;
  readonly said: string[];
  /** Calls a server this often from now on. */
  begin(server: HttpServer, everyMs?: number): void;
}

function calling(): Calling {
  const fleet = new Fleet();
  const said: string[] = [];
  const calls = new Calls({
    fleet,
    say: (message, level) => void said.push(`${level ?? "info"}: ${message}`),
  });
  return {
    fleet,
    calls,
    said,
    begin: ({ authority }, everyMs = 20) =>
      calls.begin({
        url: `http://${authority}/${TOKEN}`,
        method: "GET",
        everyMs,
      }),
    async [Symbol.asyncDispose]() {
      await calls.close();
      await fleet.close();
    },
  };
}

async function until(isSo: () => boolean): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!isSo()) {
    assert(Date.now() < end, `Waited for ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

Deno.test("a switch is called again and again, and failures and recovery are said once each", async () => {
  let status = 200;
  await using server = httpServer(() => new Response(TOKEN, { status }));
  await using it = calling();
  assertEquals(it.calls.lastSuccessAt, null);
  it.begin(server);
  await until(() => server.asked.length >= 3);
  const before = it.calls.lastSuccessAt!;
  assert(Math.abs(Date.now() - before) < PATIENCE_MS);
  assertEquals(it.said, []);
  for (let i = 0; i < 2; i++) {
    it.said.length = 0;
    for (status of [500, 503, 404]) {
      const { length } = server.asked;
      await until(() => server.asked.length > length + 3);
    }
    status = 200;
    await until(() => it.said.length === 2);
    const { length } = server.asked;
    await until(() => server.asked.length > length + 3);
    assertEquals(it.said, [
      "warn: alive: the call failed: expected 2xx, got 500",
      "info: alive: the calls succeed again",
    ]);
  }
  assert(it.calls.lastSuccessAt! > before);
});

Deno.test("a call never overlaps the one before it", async () => {
  let inFlight = 0;
  let most = 0;
  await using server = httpServer(async () => {
    most = Math.max(most, ++inFlight);
    await new Promise((resolve) => setTimeout(resolve, 60));
    inFlight--;
    return new Response();
  });
  await using it = calling();
  it.begin(server, 1);
  await until(() => server.asked.length >= 8);
  assertEquals(most, 1);
});

Deno.test("a switch is not called while the event loop is stalled, nor in a burst after that", async () => {
  const times: number[] = [];
  await using server = httpServer(() => {
    times.push(performance.now());
    return new Response();
  });
  await using it = calling();
  it.begin(server, 50);
  await until(() => times.length >= 3);
  const begun = performance.now();
  block(1000);
  const ended = performance.now();
  // As many calls as the stall lasted would be in no time.
  await until(() => times.filter((at) => at > ended).length >= 8);
  assertEquals(times.filter((at) => at > begun && at < ended), []);
  const after = times.filter((at) => at > ended);
  assert(after[7]! - after[0]! > 4 * 50, `${after}`);
});

Deno.test("a switch is not called while the attempts that are due are not made", async () => {
  await using server = httpServer(() => new Response());
  await using it = calling();
  it.fleet.add(scripted([PASS]), { id: "a", interval: "1h" });
  it.begin(server);
  await until(() => server.asked.length >= 3);
  const clocks = [Date.now, performance.now] as const;
  // The timer of the next attempt does not know that it is two hours later.
  const laterMs = 7_200_000;
  Date.now = () => clocks[0]() + laterMs;
  performance.now = () => clocks[1].call(performance) + laterMs;
  try {
    await until(() => it.said.length > 0);
    assertMatch(
      it.said[0]!,
      /^warn: alive: nothing is called: no attempt has begun for 2h$/,
    );
    const { length } = server.asked;
    await new Promise((resolve) => setTimeout(resolve, 200));
    assertEquals(server.asked.length, length);
    await it.fleet.attempt("a");
    await until(() => server.asked.length >= length + 3);
    assertEquals(it.said.slice(1), [
      "info: alive: the calls succeed again",
    ]);
  } finally {
    [Date.now, performance.now] = clocks;
  }
});

Deno.test("other calls take the place of the ones before, and none may", async () => {
  await using first = httpServer(() => new Response());
  await using second = httpServer(() => new Response());
  await using it = calling();
  it.begin(first);
  await until(() => it.calls.lastSuccessAt !== null);
  it.begin(second);
  await until(() => second.asked.length >= 3);
  const { length } = first.asked;
  await until(() => second.asked.length >= 8);
  assertEquals(first.asked.length, length);
  it.calls.begin(null);
  assertEquals(it.calls.lastSuccessAt, null);
  const last = second.asked.length;
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert(second.asked.length <= last + 1);
  assertEquals(it.calls.lastSuccessAt, null);
  assertEquals(it.said, []);
});

Deno.test("close() ends the call in flight, and makes no more", async () => {
  const end = Promise.withResolvers<Response>();
  await using server = httpServer(() => end.promise);
  const it = calling();
  it.begin(server);
  await until(() => server.asked.length === 1);
  await it[Symbol.asyncDispose]();
  it.begin(server);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assertEquals(server.asked.length, 1);
  assertEquals([it.calls.lastSuccessAt, it.said], [null, []]);
  end.resolve(new Response());
});
