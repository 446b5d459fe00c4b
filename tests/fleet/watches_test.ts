import { OptionError } from "../../src/core/option_error.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { EMITS } from "../../src/fleet/watch/emit.ts";
import type { Snapshot } from "../../src/core/types.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import { after, FAIL, PASS, scripted } from "../support/probes.ts";

/** What each way to watch is told of attempts that pass twice and then fail. */
const TOLD = {
  attempt: ["healthy", "healthy", "unhealthy"],
  transition: ["healthy", "unhealthy"],
  phase: [
    "unknown…",
    "healthy",
    "healthy…",
    "healthy",
    "healthy…",
    "unhealthy",
  ],
};

/** Tries a check three times, and gives what a watcher was told. */
async function toldOf(
  own: (typeof EMITS)[number],
  emit: (typeof EMITS)[number] | undefined,
): Promise<string[]> {
  const fleet = new Fleet({ background: false });
  const steps = [after(1, PASS), after(1, PASS), after(1, FAIL)];
  fleet.add(scripted(steps), { id: "a", retries: 1, emit: own });
  const told: string[] = [];
  const watcher = fleet.watch(emit === undefined ? {} : { emit });
  const watching = (async () => {
    for await (const { status, checking } of watcher) {
      told.push(`${status}${checking ? "…" : ""}`);
    }
  })();
  for (let i = 0; i < 3; i++) await fleet.attempt("a");
  await fleet.close();
  await watching;
  return told;
}

for (const own of EMITS) {
  for (const emit of EMITS) {
    Deno.test(`watch() tells each ${emit} if it is asked to, of a check that tells each ${own}`, async () => {
      assertEquals(await toldOf(own, emit), TOLD[emit]);
    });
  }

  Deno.test(`watch() tells each ${own} of a check that does so itself`, async () => {
    assertEquals(await toldOf(own, undefined), TOLD[own]);
  });
}

Deno.test("watch() refuses an emit that is none", async () => {
  await using fleet = new Fleet();
  for (const emit of ["never", "", null]) {
    assertThrows(
      () => fleet.watch({ emit: emit as never }),
      OptionError,
      "emit: expected",
    );
  }
});

Deno.test("watch({ emit }) forgets what is removed, and ends with the fleet", async () => {
  const fleet = new Fleet({ background: false });
  const seen: Snapshot[] = [];
  fleet.add(scripted([PASS]), { id: "a" });
  fleet.add(scripted([PASS]), { id: "b" });
  const watchers = EMITS.map((emit) => fleet.watch({ emit }));
  await fleet.attemptAll();
  await fleet.remove("a");
  await fleet.close();
  for (const watcher of watchers) {
    for await (const snapshot of watcher) seen.push(snapshot);
  }
  assertEquals(seen.map(({ id }) => id), ["b", "b", "b"]);
});
