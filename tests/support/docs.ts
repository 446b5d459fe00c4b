import { commandOf, ROOT } from "./program.ts";

/** A fenced block of a page. */
export interface Block {
  readonly language: string;
  /** The second word after the fence: what the block is. */
  readonly what: string;
  readonly text: string;
}

/** The Markdown pages for users, by their names without `.md`. */
export const PAGES: readonly string[] = [
  "README",
  "CONTRIBUTING",
  ...Array.from(Deno.readDirSync(new URL("docs/", ROOT)), ({ name }) => name)
    .filter((name) => name.endsWith(".md"))
    .map((name) => name.slice(0, -".md".length))
    .sort(),
];

/** The path of a page: those whose names are in capitals are at the top. */
export function pathOf(page: string): string {
  return page === page.toUpperCase() ? `${page}.md` : `docs/${page}.md`;
}

/** The text of a page. */
export function readPage(page: string): Promise<string> {
  return Deno.readTextFile(new URL(pathOf(page), ROOT));
}

/** The fenced blocks of a page. */
export async function blocksOf(page: string): Promise<Block[]> {
  const blocks = (await readPage(page))
    .matchAll(/^```(\S+) ?(.*)\n([^]*?)^```$/gm);
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
  const flags = commandLine.slice(start + 1, at);
  return commandOf("src/cli/main.ts", {
    // What Deno reads late, it reads only with permission in a clone.
    flags: flags.includes("--unstable-lazy-dynamic-imports")
      ? [...flags, `--allow-read=${ROOT.pathname}`]
      : flags,
    args: commandLine.slice(at + 1),
  }) as [string, ...string[]];
}

const MAIN = new URL("src/cli/main.ts", ROOT).pathname;

/**
 * A shell script that uses the program of this repository, from any folder, in
 * place of the published one. Its command `lifesign` may do everything.
 */
export function localScript(script: string): string {
  const run = commandOf("", {}).slice(0, -1).join(" ");
  const lifesign = `${run} -A ${MAIN}`;
  return `lifesign() { ${lifesign} "$@"; }\n` +
    script.replace(
      /\bdeno run(?=(?:[^\n]|\\\n)*(?:jsr:|src\/cli\/main\.ts))/g,
      run,
    ).replaceAll(/jsr:@lifesign\/lifesign\/cli|\bsrc\/cli\/main\.ts/g, MAIN);
}
