import { assert, assertEquals, assertMatch } from "@std/assert";
import { temporaryFile } from "../../support/program.ts";
import { tcpServer } from "../../support/servers.ts";
import { terminalTest } from "../../support/terminal.ts";
import { assertRestored, startRun } from "./runs.ts";

const DOWN = "\x1b[B";
const PAGE_DOWN = "\x1b[6~";
const ESCAPE = "\x1b";

/** A file with many checks that cost nothing: nobody pings them. */
function fileOf(
  ids: readonly string[],
  rest = "",
): string {
  const checks = ids.map((id) =>
    `  ${JSON.stringify(id)}: { type: heartbeat, every: 1h }\n`
  );
  return `listen: false\nchecks:\n${checks.join("")}${rest}`;
}

const MANY = Array.from({ length: 100 }, (_, i) => `job-${100 + i}`);

terminalTest(
  "run scrolls its table with the selection, and keeps it in view",
  async () => {
    await using file = await temporaryFile(fileOf(MANY));
    await using terminal = await startRun(file);
    await terminal.shows(/job-117[^]*rows 1-18 of 100, others all unknown/);
    await terminal.type(DOWN);
    await terminal.shows(/^○> job-100\b/m);
    await terminal.type(PAGE_DOWN);
    await terminal.shows(/^○> job-118\b[^]*rows 2-19 of 100/m);
    await terminal.type("G");
    await terminal.shows(/^○> job-199\b[^]*rows 83-100 of 100/m);
    await terminal.type("kkk");
    await terminal.shows(/^○> job-196\b[^]*rows 83-100 of 100/m);
    await terminal.resize(40, 10);
    await terminal.shows(/^○> job-196\b[^]*rows 94-97 of 100/m);
    await terminal.resize(80, 5);
    await terminal.shows(/^○> job-196\b[^]*rows 96-97 of 100/m);
    await terminal.resize(80, 24);
    await terminal.shows(/rows 83-100 of 100/);
    await terminal.type(ESCAPE);
    await terminal.shows(/^○ {2}job-100 [^]*rows 1-18 of 100/m);
    await terminal.type("q");
    assertEquals(await terminal.ended, 0);
    assertRestored(terminal);
  },
);

terminalTest("run filters its table by what is typed", async () => {
  const rest = "  db: { type: tcp, port: 1, retries: 1, group: data }\n";
  await using file = await temporaryFile(fileOf(MANY, rest));
  await using terminal = await startRun(file);
  await terminal.shows(/1 of 101 is down/);
  await terminal.type("/");
  await terminal.shows(/^\/ +Enter keeps it, Esc clears it$/m);
  await terminal.type("JOB-15");
  await terminal.shows(/10 match "JOB-15"[^]*job-150[^]*^\/JOB-15 /m);
  // A q is a letter here.
  await terminal.type("q");
  await terminal.shows(/^No check matches "JOB-15q"$/m);
  await terminal.type("\x15down\r");
  const seen = await terminal.shows(/1 matches "down"[^]*Esc shows all/);
  assertMatch(seen, /^✕ {2}data +db +unhealthy/m);
  assert(!seen.includes("job-"));
  await terminal.type(ESCAPE);
  await terminal.shows(/^✕ 1 of 101 is down, 100 unknown$[^]*job-100/m);
  // What is pasted is typed.
  await terminal.type("/\x1b[200~refused\x1b[201~");
  await terminal.shows(/1 matches "refused"/);
  await terminal.type("\x03");
  assertEquals(await terminal.ended, 0);
  assertRestored(terminal);
});

terminalTest("run opens a check, and updates what is shown", async () => {
  const server = tcpServer(() => {});
  await using file = await temporaryFile(`
listen: false
defaults: { interval: 100ms, retries: 1, backoff: false }
checks:
  other: { type: heartbeat, every: 1h }
  db: { type: tcp, port: ${server.port}, group: data }
`);
  await using terminal = await startRun(file);
  await terminal.shows(/db +healthy/);
  await terminal.type("jj");
  await terminal.shows(/^●> data +db /m);
  await terminal.type("\r");
  await terminal.shows(/^● db$[^]*^status +healthy for \d+s, since 20/m);
  const seen = await terminal.shows(/Last \d+ results, .*UTC[^]*│█*[▁-█]/);
  assertMatch(
    seen,
    new RegExp(`^target +tcp 127\\.0\\.0\\.1:${server.port}$`, "m"),
  );
  assertMatch(seen, /^next +.*interval 100ms, timeout 5s$/m);
  assertMatch(seen, /Esc back, \? keys$/m);
  await server[Symbol.asyncDispose]();
  await terminal.shows(
    /^✕ db$[^]*reason +127\.0\.0\.1:\d+ refused[^]*●✕[^]*Last reasons, in UTC\n\d\d:\d\d:\d\d ✕ +127/m,
  );
  await terminal.type("?");
  await terminal.shows(/^Keys$[^]*Ctrl-C +Quit/m);
  await terminal.type("q");
  await terminal.shows(/^✕ db$/m);
  await terminal.type("\x7f");
  await terminal.shows(/^✕> data +db +unhealthy/m);
  await terminal.type("\r");
  await terminal.shows(/^✕ db$/m);
  // The check is renamed while it is shown.
  const text = await Deno.readTextFile(file.path);
  await Deno.writeTextFile(file.path, text.replace(" db:", " database:"));
  await terminal.shows(/^db\n+This check was removed$/m);
  await terminal.type("q");
  await terminal.shows(/^✕> data +database +unhealthy/m);
  await terminal.type("q");
  assertEquals(await terminal.ended, 0);
  assertRestored(terminal);
});

terminalTest("run shows the cursor only while a filter is typed", async () => {
  await using file = await temporaryFile(fileOf(["a"]));
  await using terminal = await startRun(file);
  const isShown = (): boolean =>
    terminal.output.lastIndexOf("\x1b[?25h") >
      terminal.output.lastIndexOf("\x1b[?25l");
  await terminal.shows(/ a +unknown/);
  assertEquals(isShown(), false);
  await terminal.type("/x");
  await terminal.shows(/^\/x/m);
  assertEquals(isShown(), true);
  await terminal.type(ESCAPE);
  await terminal.shows(/ a +unknown/);
  assertEquals(isShown(), false);
  await terminal.type("q");
  assertEquals(await terminal.ended, 0);
});

terminalTest(
  "run takes the terminal again when it goes on after a shell had it",
  async () => {
    await using file = await temporaryFile(fileOf(["a"]));
    await using terminal = await startRun(file);
    await terminal.shows(/ a +unknown/);
    await terminal.reset();
    Deno.kill(terminal.pid, "SIGCONT");
    // deno-lint-ignore no-control-regex
    await terminal.said(/\x1b\[\?1049h[^]*\x1b\[\?1049h/);
    // It would wait for the end of a line, and show what is typed.
    await terminal.type("?");
    await terminal.shows(/^Keys$/m);
    await terminal.type("q");
    await terminal.shows(/ a +unknown/);
    await terminal.type("q");
    assertEquals(await terminal.ended, 0);
    assertEquals(terminal.screen, "normal");
  },
);
