import { commandOf, ROOT } from "./program.ts";

/** A fenced block of a page. */
export interface Block {
  readonly language: string;
  /** The second word after the fence: what it is. */
  readonly what: string;
  readonly text: string;
}

/** The pages in `docs`. */
export const PAGES: readonly string[] = [
  "docker",
  "github-actions",
  "kubernetes",
  "prometheus",
  "systemd",
];

/** The fenced blocks of a page in `docs`. */
export async function blocksOf(page: string): Promise<Block[]> {
  const text = await Deno.readTextFile(new URL(`docs/${page}.md`, ROOT));
  const blocks = text.matchAll(/^```(\S+) ?(.*)\n([^]*?)^```$/gm);
  return [...blocks].map(([, language, what, text]) => ({
    language: language!,
    what: what!,
    text: text!,
  }));
}

/** The blocks of a page that are one thing. */
export async function blocks(page: string, what: string): Promise<string[]> {
  const found = (await blocksOf(page)).filter((block) => block.what === what);
  if (found.length === 0) throw new Error(`${page} has no ${what}`);
  return found.map(({ text }) => text);
}

const PUBLISHED = "jsr:@lifesign/lifesign/cli";

/** The program of this repository in place of the published one. */
export function local(commandLine: readonly string[]): [string, ...string[]] {
  const at = commandLine.indexOf(PUBLISHED);
  const start = commandLine.indexOf("run");
  if (start < 0 || at < start) {
    throw new Error(`Expected deno run, got ${commandLine.join(" ")}`);
  }
  return commandOf("src/cli/main.ts", {
    flags: commandLine.slice(start + 1, at),
    args: commandLine.slice(at + 1),
  }) as [string, ...string[]];
}

/** Likewise in a shell script. */
export function localScript(script: string): string {
  const [deno, ...flags] = commandOf(PUBLISHED, {}).slice(0, -1);
  return script.replace(
    /\bdeno run(?=(?:[^\n]|\\\n)*jsr:)/g,
    [deno, ...flags].join(" "),
  ).replaceAll(PUBLISHED, "src/cli/main.ts");
}
