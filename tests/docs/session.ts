/**
 * Plays what a page shows: its files are written to a folder of its own, and
 * its commands are run there, in the order of the page.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Block, blocksOf, localScript } from "../support/docs.ts";
import { ROOT, type RunningScript, startProgram } from "../support/program.ts";
import { httpServer, tcpServer } from "../support/servers.ts";

/** A command of a `console` block, and what the page says that it prints. */
export interface Command {
  readonly line: string;
  readonly output: string;
}

/** The commands of a `console` block: each begins with `$ `. */
export function commandsOf({ text }: Pick<Block, "text">): Command[] {
  return [...text.matchAll(/^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)/gm)]
    .map(([, line, output]) => ({ line: line!, output: output! }));
}

/** Whether {@linkcode play} runs a block. */
export function isPlayed({ language, what }: Block): boolean {
  return language === "console" || what === "agent";
}

/** Leaves out what differs from one run to the next. */
export function normalized(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replace(/\b\d+(?:\.\d+)?(?:ms|s)\b/g, "DURATION")
    .replace(/("durationMs"|"observedValue"): ?[\d.]+/g, "$1: NUMBER")
    .replace(/[▁-█]+/g, "BARS")
    .replace(/ +/g, " ")
    .replace(/ +$/gm, "");
}

/** A port that was free a moment ago. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

/** The name of the file that a block is, if its first line has it. */
function fileOf({ text }: Block): string | undefined {
  return /^(?:# yaml-language-server: .*\n)?# ([\w.-]+\.ya?ml)\n/.exec(text)
    ?.[1];
}

const AGENT = "deno run -A jsr:@lifesign/lifesign/cli";

/** Plays all of a page. */
export async function play(page: string): Promise<void> {
  await using web = httpServer(({ url }) =>
    url.endsWith("/health")
      ? Response.json({ status: "ok" })
      : new Response(null, { status: 404 })
  );
  await using database = tcpServer(() => {});
  await using redis = tcpServer(async (conn) => {
    await conn.read(new Uint8Array(1024));
    await conn.write(new TextEncoder().encode("+PONG\r\n"));
  });
  // What listens on these ports in the page does so on others here.
  const ports = new Map([
    ["8080", `${web.port}`],
    ["5432", `${database.port}`],
    ["6379", `${redis.port}`],
    ["8686", `${freePort()}`],
  ]);
  const pagePorts = new Map([...ports].map(([page, test]) => [test, page]));
  const toTest = (text: string): string =>
    text.replace(/\b\d{4}\b/g, (port) => ports.get(port) ?? port);
  const toPage = (text: string): string =>
    text.replace(/\b\d{4,5}\b/g, (port) => pagePorts.get(port) ?? port);

  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(folder, { recursive: true }));
  const write = (name: string, text: string) =>
    Deno.writeTextFile(`${folder}/${name}`, toTest(text));
  await Deno.mkdir(`${folder}/examples`);
  for (const name of ["lifesign.yaml", "redis_kind.ts"]) {
    const example = `examples/${name}`;
    await write(example, await Deno.readTextFile(new URL(example, ROOT)));
  }

  const start = (line: string): RunningScript =>
    cleanup.use(startProgram([
      "sh",
      "-c",
      `cd ${folder}\nexec 2>&1\n${localScript(toTest(line))}`,
    ]));
  for (const block of await blocksOf(page)) {
    const file = fileOf(block);
    if (file !== undefined) await write(file, block.text);
    if (block.what === "agent") {
      await using agent = start(block.text.replace(/^deno run/m, "exec $&"));
      await agent.line("stdout", /, listening on http:/);
      agent.kill("SIGTERM");
      const { code, stdout } = await agent.ended;
      assertEquals(code, 0, stdout);
    }
    if (block.language !== "console") continue;
    for (const { line, output } of commandsOf(block)) {
      const expected = normalized(output);
      if (/^(?:lifesign|deno run .*) run\b/.test(line)) {
        // In place of the shell, so that signals reach it.
        const agent = start(`exec ${line.replace(/^lifesign/, AGENT)}`);
        const lines = [];
        for (const _ of expected.trimEnd().split("\n")) {
          lines.push(await agent.line("stdout", /./));
        }
        assertEquals(
          normalized(toPage(lines.join("\n"))).split("\n").sort(),
          expected.trimEnd().split("\n").sort(),
          line,
        );
        cleanup.defer(async () => {
          agent.kill("SIGTERM");
          await agent.ended;
        });
      } else if (line.startsWith("curl ")) {
        assertEquals(
          normalized(toPage(await get(toTest(line)))),
          expected,
          line,
        );
      } else {
        const { stdout } = await start(line).ended;
        assertEquals(normalized(toPage(stdout)), expected, line);
      }
    }
  }
}

/** Does what `curl -s URL` and `curl -s URL | jq` do. */
async function get(line: string): Promise<string> {
  const [, url, jq] = /^curl -s (\S+)( \| jq)?$/.exec(line)!;
  const body = await (await fetch(url!)).text();
  return jq === undefined
    ? body
    : `${JSON.stringify(JSON.parse(body), null, 2)}\n`;
}
