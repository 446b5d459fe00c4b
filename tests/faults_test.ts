import {
  assert,
  assertEquals,
  assertFalse,
  assertLessOrEqual,
} from "@std/assert";
import type { Status } from "../src/core/types.ts";
import { Fleet } from "../src/fleet/fleet.ts";
import { http } from "../src/probes/http/http.ts";
import { tcp } from "../src/probes/tcp/tcp.ts";
import { wasStalled } from "./support/busy.ts";
import {
  type Behaviour,
  expectedOf,
  flappingTarget,
  probeOf,
  WAYS,
} from "./support/faults.ts";
import { startScript } from "./support/program.ts";
import { SILENT_DNS, silentDnsObstacle } from "./support/silent_dns.ts";
import type { Report } from "./support/silent_dns_main.ts";
import { block } from "./support/time.ts";

/**
 * The runtime resolves names in 32 threads, each of which asks over a socket;
 * the rest is its own.
 */
const BOUND = 100;

const here = silentDnsObstacle === null
  ? ""
  : ` (not here: ${silentDnsObstacle})`;

Deno.test({
  name:
    `names that no name server answers for are timeouts, and nobody else's${here}`,
  ignore: silentDnsObstacle !== null,
  async fn(t) {
    await using script = startScript("tests/support/silent_dns_main.ts", {
      flags: ["--allow-all"],
      within: SILENT_DNS,
    });
    const { code, stdout, stderr } = await script.ended;
    assertEquals([code, stderr], [0, ""]);
    const report: Report = JSON.parse(stdout);
    await t.step(
      "an attempt ends at its deadline, and says where it was",
      () => {
        for (const [way, { verdict, reason }] of Object.entries(report.alone)) {
          assertEquals([way, verdict, reason?.code, reason?.message], [
            way,
            "fail",
            "timeout",
            "Timed out while looking up the name",
          ]);
        }
      },
    );
    await t.step("the program does not wait for the resolver", () => {
      for (const { code, stdout } of report.programs) {
        assertEquals(code, 1);
        assertEquals(
          stdout.match(/unhealthy .*Timed out after 1s/g)?.length,
          2,
        );
      }
    });
    await t.step("hundreds of them hold up no check by address", () => {
      assertEquals(report.names, [
        "timeout: Timed out after 1s while looking up the name",
      ]);
      assertEquals(report.addresses, [
        "tcp healthy 1",
        "http healthy 1",
        "address healthy 1",
      ]);
      assert(report.attempts.every((attempts) => attempts >= 1));
    });
    await t.step("they hold a bounded number of threads, and of files", () => {
      assertLessOrEqual(report.threads, BOUND);
      assertLessOrEqual(report.leaked, BOUND);
    });
  },
});

/** What the rules M1 to M3 make of a check with `retries` and `rise` of 2. */
class NaiveCheck {
  status: Status = "unknown";
  transitions = 0;
  #failures = 0;
  #passes = 0;

  take(passes: boolean): void {
    this.#failures = passes ? 0 : this.#failures + 1;
    this.#passes = passes ? this.#passes + 1 : 0;
    const before = this.status;
    if (this.#failures >= 2) this.status = "unhealthy";
    const isUp = this.#passes >= (before === "unhealthy" ? 2 : 1);
    if (isUp) this.status = "healthy";
    if (this.status !== before) this.transitions++;
  }
}

Deno.test("a Fleet settles what a flapping target does by the rules, whatever it does", async () => {
  let isSettled = false;
  for (let i = 0; i < 10 && !isSettled; i++) isSettled = await settleFlapping();
  assert(isSettled, "This machine is too busy");
});

/** Gives whether no attempt was without a verdict as we were held up. */
async function settleFlapping(): Promise<boolean> {
  const behaviours: (Behaviour | "refuse")[] = [
    ...["ok", "refuse", "ok", "hang", "reset", "ok", "refuse", "ok"] as const,
    ...["ok", "late", "ok", "halfClose", "garbage", "reset", "refuse"] as const,
    ...["ok", "ok", "trickleBody", "resetInBody", "ok", "ok"] as const,
  ];
  await using target = await flappingTarget();
  const told: string[] = [];
  const watched: string[] = [];
  const fleet = new Fleet({
    background: false,
    onChange: ({ id, status }) => void told.push(`${id} ${status}`),
  });
  const watching = (async () => {
    for await (const { id, status } of fleet.watch({ emit: "transition" })) {
      watched.push(`${id} ${status}`);
    }
  })();
  const expected: string[] = [];
  const failed = { tcp: 0, http: 0, address: 0 };
  const naive = new Map(WAYS.map((way) => [way, new NaiveCheck()]));
  for (const way of WAYS) {
    fleet.add(probeOf(way, target.port), {
      id: way,
      timeout: "1s",
      retries: 2,
      rise: 2,
    });
  }
  for (const [i, behaviour] of behaviours.entries()) {
    await target.behave(behaviour);
    const snapshots = await fleet.attemptAll();
    if (snapshots.some(({ reason }) => wasStalled(reason?.message))) {
      await fleet.close();
      await watching;
      return false;
    }
    for (const [j, way] of WAYS.entries()) {
      const code = behaviour === "refuse"
        ? "refused"
        : expectedOf(behaviour, way);
      const check = naive.get(way)!;
      const { transitions } = check;
      check.take(code === null);
      if (check.transitions > transitions) {
        expected.push(`${way} ${check.status}`);
      }
      if (code !== null) failed[way]++;
      const { status, verdict, attempts, ...rest } = snapshots[j]!;
      assertEquals(
        [status, verdict, attempts, rest.transitions],
        [
          check.status,
          code === null ? "pass" : "fail",
          i + 1,
          check.transitions,
        ],
        `${way} ${i} ${behaviour}`,
      );
      if (code !== null) assertEquals(rest.reason?.code, code);
    }
  }
  const total = failed.tcp + failed.http + failed.address;
  const { attempts, inFlight } = fleet.stats();
  assertEquals(attempts, {
    pass: WAYS.length * behaviours.length - total,
    warn: 0,
    fail: total,
    error: 0,
  });
  assertEquals(inFlight, 0);
  for (const way of WAYS) {
    const history = fleet.history(way)!;
    assertEquals(history.failed, failed[way]);
    assertEquals(history.passed, behaviours.length - failed[way]);
  }
  await fleet.close();
  await watching;
  assertEquals(told.toSorted(), expected.toSorted());
  assertEquals(watched.toSorted(), expected.toSorted());
  return true;
}

Deno.test("a stall of ours takes no verdict from those who have answered meanwhile", async () => {
  await using target = startScript("tests/support/target_main.ts", {
    flags: ["--allow-net=127.0.0.1", "--allow-read"],
  });
  const port = Number(await target.line("stdout", /^\d+$/));
  await using fleet = new Fleet({ background: false });
  for (let i = 0; i < 20; i++) {
    const probe = i % 2 === 0
      ? http(`http://127.0.0.1:${port}/ok`)
      : tcp({ port });
    fleet.add(probe, { id: `check-${i}`, timeout: "500ms" });
  }
  // Once, so that what is loaded at first does not add to the stall.
  await fleet.attemptAll();
  const attempts = fleet.attemptAll();
  // They are under way.
  for (let i = 0; i < 20; i++) await undefined;
  block(1500);
  const verdicts = (await attempts).map(({ verdict }) => verdict);
  assertFalse(verdicts.includes("fail"));
  // A machine that has other things to do may not get to all of them in time.
  assert(verdicts.filter((verdict) => verdict === "pass").length >= 10);
});
