import { assert, assertEquals } from "@std/assert";
import { readiness } from "../../src/server/readiness.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import {
  ERROR,
  FAIL,
  PASS,
  scripted,
  type Step,
  WARN,
} from "../support/probes.ts";
import { type Check, EACH, fleetOf, ODD, snapshotsOf } from "./fleets.ts";

/** Checks, and whether they are ready. */
const FLEETS: readonly (readonly [string, Record<string, Check>, boolean])[] = [
  ["healthy checks", { a: { step: PASS }, b: { step: PASS } }, true],
  ["a degraded check", { a: { step: PASS }, b: { step: WARN } }, true],
  ["an unhealthy check", { a: { step: PASS }, b: { step: FAIL } }, false],
  ["an unknown check", { a: { step: PASS }, b: { step: ERROR } }, false],
  ["a check that was never tried", { a: { step: PASS }, b: {} }, false],
  ["a check that has failed, but not often enough", {
    a: { step: FAIL, retries: 3 },
  }, false],
  ["no checks", {}, true],
];

for (const [what, checks, ready] of FLEETS) {
  Deno.test(`readiness() is ${ready} with ${what}`, async () => {
    assertEquals(readiness(await snapshotsOf(checks), false), {
      ready,
      text: ready ? "ok\n" : "not ready\n",
    });
  });
}

Deno.test("readiness() lists every check as Kubernetes does", async () => {
  assertEquals(readiness(await snapshotsOf(EACH), true), {
    ready: false,
    text: `[+]up healthy
[+]slow degraded: Too slow
[-]down unhealthy: Connection refused
[-]lost unknown: Not allowed to look
not ready
`,
  });
});

Deno.test("readiness() says ok last where all is well", async () => {
  const { text } = readiness(await snapshotsOf({ a: { step: PASS } }), true);
  assertEquals(text, "[+]a healthy\nok\n");
});

Deno.test("readiness() has one printable line for each check, whatever its id and reason", async () => {
  const step: Step = {
    verdict: "fail",
    reason: { code: "body", message: "a\n[+]fake healthy\u001b[2J\r\nok" },
  };
  const ids = [...ODD, "\u001b[2Jclear", "x\u2028y", "a\n[+]b healthy"];
  const checks = Object.fromEntries(ids.map((id) => [id, { step }]));
  const { text } = readiness(await snapshotsOf(checks), true);
  const lines = text.split("\n");
  assertEquals(lines.length, Object.keys(checks).length + 2);
  for (const line of lines.slice(0, -2)) {
    assert(line.startsWith("[-]"), line);
    // deno-lint-ignore no-control-regex
    assert(!/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(line), line);
  }
});

Deno.test("readiness() does not go by what was before a restart", async () => {
  await using before = await fleetOf({ up: { step: PASS } });
  await using fleet = new Fleet({ background: false });
  const record = before.record("up");
  fleet.add(scripted([PASS]), { id: "up", record });
  assertEquals(readiness(fleet.list(), true), {
    ready: false,
    text: "[-]up healthy before the restart\nnot ready\n",
  });
  await fleet.attemptAll();
  assertEquals(readiness(fleet.list(), false).ready, true);
});
