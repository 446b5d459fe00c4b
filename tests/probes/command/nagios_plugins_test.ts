import { assertEquals, assertMatch } from "@std/assert";
import type { Outcome } from "../../../src/core/types.ts";
import { command } from "../../../src/probes/command/command.ts";
import { testWith } from "../../support/needs.ts";
import { assertOutcome, patient } from "../../support/outcomes.ts";

/** Where Debian's monitoring-plugins-basic has them. */
const FOLDER = "/usr/lib/nagios/plugins";

/** Runs a plugin of others. */
function run(plugin: string, ...args: string[]): Promise<Outcome> {
  return command([`${FOLDER}/${plugin}`, ...args], { exit: "nagios" })(
    patient(),
  );
}

function testPlugin(plugin: string, name: string, fn: () => Promise<void>) {
  const program = `${FOLDER}/${plugin}`;
  testWith({ program, demand: "LIFESIGN_TEST_PLUGINS" }, {
    name: `${plugin} ${name}`,
    fn,
  });
}

testPlugin("check_dummy", "says each of its states, and why", async () => {
  const { verdict, detail } = await run("check_dummy", "0", "fine");
  assertEquals([verdict, detail], ["pass", { exitCode: 0 }]);
  const table = [
    ["1", ["warn", "exit"], "WARNING: so so"],
    ["2", ["fail", "exit"], "CRITICAL: so so"],
    ["3", ["error", "exit"], "UNKNOWN: so so"],
    ["9", ["error", "exit"], /^UNKNOWN: Status 9 is not/],
  ] as const;
  for (const [state, expected, message] of table) {
    assertOutcome(await run("check_dummy", state, "so so"), expected, message);
  }
});

testPlugin("check_load", "tells three loads", async () => {
  const { verdict, detail } = await run(
    "check_load",
    ...["-w", "9999,9999,9999", "-c", "9999,9999,9999"],
  );
  assertEquals(verdict, "pass");
  const { exitCode: _, ...loads } = detail!;
  assertEquals(Object.keys(loads), ["perf.load1", "perf.load5", "perf.load15"]);
  for (const load of Object.values(loads)) assertEquals(typeof load, "number");
});

testPlugin(
  "check_disk",
  "tells what is used, and when it is too much",
  async () => {
    const fine = await run("check_disk", "-w", "0%", "-c", "0%", "-p", "/");
    const full = await run("check_disk", "-w", "101%", "-c", "100%", "-p", "/");
    assertEquals(fine.verdict, "pass");
    assertOutcome(
      full,
      ["fail", "exit"],
      /^DISK CRITICAL - free space: \/ \d+/,
    );
    for (const { detail } of [fine, full]) {
      assertEquals(typeof detail!["perf./"], "number");
      assertMatch(String(detail!["perf./.unit"]), /^M?i?B$/);
    }
  },
);

testPlugin("check_procs", "counts processes", async () => {
  const some = await run("check_procs", "-w", "1:", "-c", "1:");
  assertEquals(some.verdict, "pass");
  assertEquals(Number(some.detail!["perf.procs"]) > 0, true);
  assertOutcome(
    await run("check_procs", "-w", "0:0", "-c", "999999"),
    ["warn", "exit"],
    /^PROCS WARNING: \d+ process/,
  );
});

testPlugin(
  "check_tcp",
  "tells how long connecting took, or that nobody listens",
  async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    const { verdict, detail } = await run(
      "check_tcp",
      ...["-H", "127.0.0.1", "-p", `${port}`],
    );
    listener.close();
    assertEquals([verdict, detail!["perf.time.unit"]], ["pass", "s"]);
    assertEquals(Number(detail!["perf.time"]) < 10, true);
    const refused = await run("check_tcp", "-H", "127.0.0.1", "-p", `${port}`);
    assertEquals([refused.verdict, refused.reason?.code], ["fail", "exit"]);
    assertMatch(refused.reason!.message, /Connection refused$/i);
  },
);

testPlugin("check_http", "tells of an answer", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    ({ url }) => new Response("x", { status: url.endsWith("/no") ? 500 : 200 }),
  );
  const port = `${server.addr.port}`;
  const ask = (path: string) =>
    run("check_http", ...["-H", "127.0.0.1", "-p", port, "-u", path]);
  const { verdict, detail } = await ask("/");
  assertEquals([verdict, detail!["perf.size.unit"]], ["pass", "B"]);
  assertOutcome(
    await ask("/no"),
    ["fail", "exit"],
    /^HTTP CRITICAL: HTTP\/1\.1 500 Internal Server Error - \d+ bytes/,
  );
});

testPlugin("check_ssh", "reads the version of a server", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const answered = (async () => {
    const connection = await listener.accept();
    await connection.write(new TextEncoder().encode("SSH-2.0-lifesign_1\r\n"));
    // The client's own version comes, and then its end.
    while (await connection.read(new Uint8Array(64)) !== null);
    connection.close();
  })();
  const outcome = await run("check_ssh", "-p", `${port}`, "127.0.0.1");
  assertEquals(outcome.verdict, "pass", outcome.reason?.message);
  await answered;
  listener.close();
});

testPlugin("check_ping", "tells of loss and time", async () => {
  const { verdict, detail } = await run(
    "check_ping",
    ...["-H", "127.0.0.1", "-p", "1", "-w", "4000,50%", "-c", "5000,90%"],
  );
  assertEquals(verdict, "pass");
  assertEquals(detail!["perf.pl"], 0);
  assertEquals([detail!["perf.pl.unit"], detail!["perf.rta.unit"]], [
    "%",
    "ms",
  ]);
});
