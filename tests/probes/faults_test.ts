import { assert, assertEquals } from "@std/assert";
import type { ReasonCode } from "../../src/core/types.ts";
import { http } from "../../src/probes/http/http.ts";
import { tcp } from "../../src/probes/tcp/tcp.ts";
import { givenTime } from "../support/busy.ts";
import {
  ALL_BEHAVIOURS,
  type Behaviour,
  expectedOf,
  flappingTarget,
  isEndless,
  obedientServer,
  probeOf,
  type Way,
  WAYS,
} from "../support/faults.ts";
import {
  assertOutcome,
  assertPass,
  impatient,
  patient,
} from "../support/outcomes.ts";
import { startScript } from "../support/program.ts";

/** What came of it, in the words of the table of what must. */
async function assertSeen(
  way: Way,
  behaviour: Behaviour,
  port: number,
): Promise<void> {
  const expected = expectedOf(behaviour, way);
  const probe = probeOf(way, port, behaviour);
  const outcome = isEndless(behaviour)
    ? await givenTime(
      (ms) => probe(AbortSignal.timeout(ms)),
      ({ reason }) => reason?.code === expected,
    )
    : await probe(patient());
  if (expected === null) assertEquals(outcome.verdict, "pass", behaviour);
  else assertOutcome(outcome, ["fail", expected]);
}

for (const way of WAYS) {
  Deno.test(`a probe says of each fault of a target what it is, and passes once it is over, by ${way}`, async (t) => {
    await using target = await flappingTarget();
    for (const behaviour of ALL_BEHAVIOURS) {
      await t.step(behaviour, async () => {
        await target.behave(behaviour);
        await assertSeen(way, behaviour, target.port);
        await target.behave("ok");
        await assertSeen(way, "ok", target.port);
      });
    }
    await t.step("refuse", async () => {
      await target.behave("refuse");
      assertOutcome(
        await probeOf(way, target.port)(patient()),
        ["fail", "refused"],
      );
      await target.behave("ok");
      await assertSeen(way, "ok", target.port);
    });
  });
}

for (const way of WAYS) {
  Deno.test(`a probe ends at its deadline while nobody takes its connection, by ${way}`, async () => {
    const place = { hostname: "127.0.0.1", port: 0, tcpBacklog: 1 };
    using listener = Deno.listen(place);
    const { port } = listener.addr;
    const queued: Deno.Conn[] = [];
    try {
      // As many as the system lets wait; what comes then hangs.
      while (true) {
        const signal = AbortSignal.timeout(1500);
        queued.push(await Deno.connect({ port, signal }));
      }
    } catch (error) {
      assertEquals((error as Error).name, "TimeoutError");
    }
    assertOutcome(
      await probeOf(way, port)(impatient()),
      ["fail", "timeout"],
      "Timed out while connecting",
    );
    for (const conn of queued) conn.close();
  });
}

Deno.test("a probe ends at its deadline while the target's process is stopped", async () => {
  await using target = startScript("tests/support/target_main.ts", {
    flags: ["--allow-net=127.0.0.1", "--allow-read"],
  });
  const port = Number(await target.line("stdout", /^\d+$/));
  for (const way of WAYS) {
    const probe = probeOf(way, port);
    assertEquals((await probe(patient())).verdict, "pass");
    target.kill("SIGSTOP");
    assertOutcome(await probe(impatient()), ["fail", "timeout"]);
    // The system takes a connection for it: an open port is not yet health.
    assertPass(await tcp({ port })(patient()));
    target.kill("SIGCONT");
    assertEquals((await probe(patient())).verdict, "pass");
  }
});

Deno.test("a probe leaves no file open, whatever the target's fault", async () => {
  await using server = await obedientServer();
  await using script = startScript("tests/support/leaks_main.ts", {
    flags: ["--allow-all"],
    args: [String(server.port)],
  });
  const { code, stdout, stderr } = await script.ended;
  assertEquals([code, stderr], [0, ""]);
  const leaks: Record<string, number> = JSON.parse(stdout);
  assertEquals(Object.keys(leaks).length, WAYS.length * ALL_BEHAVIOURS.length);
  // Of 30 attempts; the runtime opens one or two of its own at any time.
  assert(Object.values(leaks).every((files) => files < 10), stdout);
});

Deno.test("http() says of each fault of a target in the TLS handshake what it is", async (t) => {
  await using target = await flappingTarget();
  const authority = `127.0.0.1:${target.port}`;
  const probes = {
    "http": http(`https://${authority}/`),
    "address": http("https://shop.invalid/", { address: authority }),
  };
  // `node:tls` does not tell a reset from an end.
  const table: [Behaviour, readonly ReasonCode[]][] = [
    ["hang", ["timeout"]],
    ["halfClose", ["tls"]],
    ["reset", ["reset", "tls"]],
    ["garbageForEver", ["tls"]],
    ["trickleHead", ["tls"]],
  ];
  for (const [behaviour, codes] of table) {
    await t.step(behaviour, async () => {
      await target.behave(behaviour);
      for (const [way, probe] of Object.entries(probes)) {
        const { verdict, reason } = await probe(
          behaviour === "hang" ? impatient() : patient(),
        );
        assertEquals(verdict, "fail", way);
        assert(
          (codes as string[]).includes(reason!.code),
          `${way}: ${reason!.message}`,
        );
      }
    });
  }
});
