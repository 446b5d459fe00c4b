import { assert, assertEquals, assertMatch } from "@std/assert";
import { temporaryFile } from "../../support/program.ts";
import { makeFifo } from "../../support/fifo.ts";
import { tcpServer } from "../../support/servers.ts";
import {
  type RunningTerminal,
  startInTerminal,
  terminalTest,
} from "../../support/terminal.ts";
import { assertRestored, FLAGS, ONE, RESTORED, startRun } from "./runs.ts";

terminalTest(
  "run shows a table on a terminal, and updates it until q",
  async () => {
    const server = tcpServer(() => {});
    await using file = await temporaryFile(`
listen: 127.0.0.1:0
defaults: { interval: 50ms, retries: 1 }
checks:
  db: { type: tcp, port: ${server.port}, group: data }
  up: { type: command, command: "exit 0" }
`);
    await using terminal = await startRun(file);
    const before = await terminal.shows(/All 2 checks are healthy/);
    assertEquals(terminal.screen, "alternate");
    assertMatch(before, /^● .* http:\/\/127\.0\.0\.1:\d+\/$/m);
    await terminal.shows(/^● +data +db +healthy +\S+ms +[▁-█]+ +\d+s$/m);
    assertEquals(terminal.lines.at(-1)?.trim(), "? keys, q quits");
    await server[Symbol.asyncDispose]();
    await terminal.shows(/^✕ 1 of 2 is down/m);
    await terminal.shows(
      /^✕ +data +db +unhealthy .*[▁-█]+✕.* 127\.0\.0\.1:\d+ re/m,
    );
    await terminal.type("q");
    assertEquals(await terminal.ended, 0);
    assertRestored(terminal);
    assertMatch(terminal.output, /lifesign: ending\r\n$/);
  },
);

for (
  const [what, end, said] of [
    ["Ctrl-C", (t) => t.type("\x03"), "ending"],
    ["SIGTERM", (t) => Deno.kill(t.pid, "SIGTERM"), "SIGTERM, ending"],
    ["SIGINT", (t) => Deno.kill(t.pid, "SIGINT"), "SIGINT, ending"],
    ["SIGHUP", (t) => Deno.kill(t.pid, "SIGHUP"), "SIGHUP, ending"],
  ] satisfies [string, (t: RunningTerminal) => unknown, string][]
) {
  terminalTest(
    `run restores the terminal on ${what}, and exits 0`,
    async () => {
      await using file = await temporaryFile(ONE);
      await using terminal = await startRun(file);
      await terminal.shows(/The check is healthy/);
      await end(terminal);
      assertEquals(await terminal.ended, 0);
      assertRestored(terminal);
      assert(
        terminal.output.endsWith(`lifesign: ${said}\r\n`),
        terminal.output,
      );
    },
  );
}

terminalTest(
  "run restores the terminal before it waits for attempts in flight",
  async () => {
    await using file = await temporaryFile(`
listen: false
checks:
  stubborn:
    { type: command, command: "trap '' TERM; sleep 5", timeout: 1m }
`);
    await using terminal = await startRun(file);
    await terminal.shows(/stubborn +unknown +… /);
    await terminal.type("q");
    await terminal.shows(/lifesign: ending/);
    assertRestored(terminal);
    // This signal ends it at once.
    await terminal.type("\x03");
    await terminal.ended;
  },
);

terminalTest(
  "run redraws the table when the size of the terminal changes",
  async () => {
    await using file = await temporaryFile(`
listen: false
checks:
${
      Array.from(
        { length: 12 },
        (_, i) =>
          `  up-${i}: { type: command, command: "exit 0", timeout: 1m }`,
      ).join("\n")
    }
  down: { type: tcp, port: 1, retries: 1 }
`);
    await using terminal = await startRun(file);
    await terminal.shows(/1 of 13 is down[^]*up-11 +healthy/);
    await terminal.shows(/down +unhealthy.*refused/);
    await terminal.resize(40, 8);
    const small = await terminal.shows(/rows 1-4 of 13, others all healthy/);
    const rows = small.split("\n").filter((line) =>
      /^[●✕] +\S+(-\d+)? /.test(line)
    );
    assertMatch(rows[1]!, /^✕ +down /);
    await terminal.resize(120, 30);
    await terminal.shows(/up-11 +healthy/);
    await terminal.type("q");
    assertEquals(await terminal.ended, 0);
  },
);

/** The ids of the rows that are seen, from the top. */
function idsOf(seen: string): string[] {
  return [...seen.matchAll(/^[●▲✕○] +(\S+) +(?:healthy|unhealthy|unknown)/gm)]
    .map(([, id]) => id!);
}

terminalTest(
  "run shows checks in the order of the file, or the worst first where they do not fit",
  async () => {
    const fileOf = (ids: readonly string[]): string =>
      `listen: false\nchecks:\n` +
      ids.map((id) =>
        `  ${id}: { type: command, command: "exit ${
          id.startsWith("4") ? 1 : 0
        }", retries: 1 }\n`
      ).join("");
    const ids = ["web", "443", "80", "4a", "7", "api", "1"];
    await using file = await temporaryFile(fileOf(ids));
    await using terminal = await startRun(file);
    await terminal.shows(
      /2 of 7 are down[^]* 443 +unhealthy[^]* 4a +unhealthy/,
    );
    assertEquals(idsOf(await terminal.shows(/ 1 +healthy/)), ids);
    const others = ["8", ...ids.toReversed()];
    await Deno.writeTextFile(file.path, fileOf(others));
    assertEquals(idsOf(await terminal.shows(/ 8 +healthy/)), others);
    await terminal.resize(80, 9);
    const seen = await terminal.shows(/rows 1-5 of 8, others all healthy/);
    assertEquals(idsOf(seen), ["4a", "443", "8", "1", "api"]);
    await terminal.type("q");
    assertEquals(await terminal.ended, 0);
  },
);

terminalTest(
  "run goes on after keys that send escape sequences, a mouse or a paste",
  async () => {
    await using file = await temporaryFile(ONE);
    await using terminal = await startRun(file);
    await terminal.shows(/The check is healthy/);
    for (
      const keys of [
        "\x1bOP\x1bOQ\x1bOR", // F1 to F3
        "\x1b[12~\x1b[1;2Q", // F2 otherwise, and with Shift
        "\x1b[A\x1bOB\x1bq", // the arrows, and Alt-q
        "\x1b[M q\x51", // a mouse
        "\x1b[200~quit\r\x1b[201~", // a paste
        "\x1b",
        "OP", // F1 in two reads; on a slow machine, Escape, O and P
        "é",
      ]
    ) {
      await terminal.type(keys);
    }
    await Deno.writeTextFile(file.path, ONE.replace("up:", "other:"));
    await terminal.shows(/other +healthy/);
    assertEquals(terminal.screen, "alternate");
    await terminal.type("\x1b[Bq");
    assertEquals(await terminal.ended, 0);
    assertRestored(terminal);
  },
);

terminalTest(
  "run holds messages while it shows the table, and prints them at the end",
  async () => {
    await using file = await temporaryFile(`
listen: false
checks: { lost: { type: command, command: [no-such-program], retries: 1 } }
`);
    await using terminal = await startRun(file);
    const said =
      "lost: could not be checked: Program not found: no-such-program";
    await terminal.shows(new RegExp(`^${said}.* q quits$`, "m"));
    assertEquals(terminal.output.includes("lifesign: lost"), false);
    await terminal.type("q");
    assertEquals(await terminal.ended, 0);
    assertRestored(terminal);
    assertMatch(
      terminal.output,
      new RegExp(`25hlifesign: ${said}.*\r\nlifesign: ending\r\n$`),
    );
  },
);

terminalTest(
  "run prints messages at once if stderr is not the terminal",
  async () => {
    await using file = await temporaryFile(`
listen: false
checks: { lost: { type: command, command: [no-such-program], retries: 1 } }
`);
    await using log = await temporaryFile("");
    await using terminal = await startRun(file, { redirect: `2>${log.path}` });
    await terminal.shows(/^lost: could not be checked: .*q quits$/m);
    assertMatch(
      await Deno.readTextFile(log.path),
      /^lifesign: lost: could not/,
    );
    await terminal.type("q");
    assertEquals(await terminal.ended, 0);
    assert(terminal.output.endsWith(RESTORED));
  },
);

terminalTest("run colours the table unless NO_COLOR is set", async () => {
  await using file = await temporaryFile(ONE);
  for (const [noColor, painted] of [["1", false], ["", true]] as const) {
    await using terminal = await startRun(file, { env: { NO_COLOR: noColor } });
    await terminal.shows(/The check is healthy/);
    assertEquals(terminal.output.includes("\x1b[32m●"), painted);
    // deno-lint-ignore no-control-regex
    assertEquals(/\x1b\[\d+m/.test(terminal.output), painted);
    await terminal.type("Q");
    assertEquals(await terminal.ended, 0);
  }
});

for (
  const [what, options] of [
    ["with --log", { args: ["--log", "text"] }],
    ["where it reads from elsewhere", { redirect: "</dev/null" }],
    ["on a dumb terminal, if it may know", {
      flags: [...FLAGS, "--allow-env=TERM"],
      env: { TERM: "dumb" },
    }],
  ] satisfies [string, Parameters<typeof startRun>[1]][]
) {
  terminalTest(`run writes lines ${what}`, async () => {
    await using file = await temporaryFile(ONE);
    await using terminal = await startRun(file, options);
    await terminal.shows(/T\S+Z up unknown -> healthy$/m);
    // A terminal sends it when it is closed.
    Deno.kill(terminal.pid, "SIGHUP");
    assertEquals(await terminal.ended, 0);
    assertEquals(terminal.output.includes("\x1b["), false);
  });
}

terminalTest(
  "run says that its address is in use, and does not touch the terminal",
  async () => {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = taken.addr as Deno.NetAddr;
    await using file = await temporaryFile(`
listen: 127.0.0.1:${port}
checks: { up: { type: command, command: "exit 0" } }
`);
    await using terminal = await startRun(file);
    await terminal.shows(/lifesign: Cannot listen on/);
    assertEquals(await terminal.ended, 1);
    assertEquals(terminal.output.includes("\x1b"), false);
  },
);

terminalTest(
  "run ends when its terminal is gone, and leaves no command behind",
  async () => {
    await using fifo = await makeFifo();
    await using file = await temporaryFile(`
listen: false
checks: { long: { type: command, command: "exec sleep 60 >${fifo.path}" } }
`);
    const terminal = await startRun(file);
    try {
      await terminal.shows(/long +unknown +… /);
      await fifo.outlive(0, () => terminal.hangUp());
    } finally {
      await terminal[Symbol.asyncDispose]();
    }
  },
);

terminalTest(
  "run shows the checks of a file that changed in its table",
  async () => {
    await using file = await temporaryFile(ONE);
    await using terminal = await startRun(file);
    await terminal.shows(/The check is healthy/);
    await Deno.writeTextFile(file.path, ONE.replace("up:", "other:"));
    await terminal.shows(/other +healthy[^]*reloaded: 1 added, 1 removed/);
    await Deno.writeTextFile(file.path, "checks: {}");
    const said =
      /other +healthy[^]*not reloaded: .*1 problem\n {2}checks: expected a map of checks/;
    await terminal.shows(said);
    await terminal.type("q");
    assertEquals(await terminal.ended, 0);
    assertRestored(terminal);
  },
);

for (const how of ["throw", "reject", "exit"]) {
  terminalTest(
    `a screen is restored if the program ends by a ${how}`,
    async () => {
      await using terminal = await startInTerminal({
        path: "tests/support/screen_main.ts",
        args: [how],
      });
      assertEquals(await terminal.ended, how === "exit" ? 3 : 1);
      assertRestored(terminal);
      assertMatch(terminal.output, /here/);
      assertEquals(terminal.screen, "normal");
    },
  );
}
