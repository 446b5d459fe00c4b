/**
 * The runtimes that come from npm, and the bundler that makes one file of the
 * library for them. They are installed into a folder of their own by Node's npm.
 *
 * @module
 */

import { ROOT, startProgram } from "../support/program.ts";

const arch = Deno.build.arch === "aarch64" ? "arm64" : "x64";
const BUN = `@oven/bun-linux-${arch === "x64" ? "x64-baseline" : "aarch64"}`;
const ESBUILD = `@esbuild/linux-${arch}`;
const NODE = `node-linux-${arch}`;

/** The programs, as paths in `node_modules`. */
export const PROGRAMS: Readonly<Record<"bun" | "esbuild" | "node", string>> = {
  bun: `${BUN}/bin/bun`,
  esbuild: `${ESBUILD}/bin/esbuild`,
  node: `${NODE}/bin/node`,
};

/**
 * What is installed: the oldest Node that the library runs in, and the latest
 * miniflare that runs in it. The packages of programs for Linux need no scripts.
 */
const PACKAGES = [
  `${BUN}@1.4.5`,
  `${ESBUILD}@0.28.2`,
  `${NODE}@20.20.2`,
  "@marcbachmann/cel-js@8.0.0",
  "hono@4.13.19",
  "miniflare@4.20260426.0",
];

const pathOf = (path: string): string => new URL(path, ROOT).pathname;

/** What stands in for the library for mail. */
const NO_MAIL = pathOf("tests/runtimes/no_mail.ts");

/** Where they are installed. It is kept, so that they are installed once. */
const folder = `${Deno.env.get("TMPDIR") ?? "/tmp"}/lifesign_runtimes/${
  PACKAGES.join(",").replaceAll("/", "+")
}`;

let installing: Promise<void> | undefined;

/** Returns the path of something in `node_modules`. */
export async function tool(path: string): Promise<string> {
  await (installing ??= install());
  return `${folder}/node_modules/${path}`;
}

async function install(): Promise<void> {
  const done = `${folder}/done`;
  if (await exists(done)) return;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/package.json`, "{}");
  await succeed("npm", [
    "install",
    "--no-audit",
    "--no-fund",
    "--no-save",
    "--ignore-scripts",
    "--prefix",
    folder,
    ...PACKAGES,
  ]);
  await Deno.writeTextFile(done, "");
}

/**
 * Bundles a module of this repository with the library, in the syntax of Node 20.
 * Returns the text of the bundle.
 */
export async function bundle(path: string): Promise<string> {
  return await succeed(await tool(PROGRAMS.esbuild), [
    pathOf(path),
    "--bundle",
    "--format=esm",
    "--platform=neutral",
    "--target=es2022",
    "--external:node:*",
    `--alias:nodemailer/lib/mail-composer=${NO_MAIL}`,
    `--alias:nodemailer/lib/smtp-connection=${NO_MAIL}`,
    "--log-level=warning",
    `--alias:@lifesign/lifesign/server=${pathOf("src/server/mod.ts")}`,
    `--alias:@lifesign/lifesign/notify=${pathOf("src/sinks/notify/mod.ts")}`,
    `--alias:@lifesign/lifesign=${pathOf("mod.ts")}`,
  ], { NODE_PATH: `${folder}/node_modules` });
}

/** Runs a program, which has to succeed. Returns what it printed. */
async function succeed(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  await using script = startProgram([program, ...args], env);
  const { code, stdout, stderr } = await script.ended;
  if (code === 0) return stdout;
  throw new Error(`${program} exited with ${code}: ${stderr}`);
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}
