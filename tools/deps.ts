/**
 * Prints the flag that a `deno` command of this repo needs on this network:
 * nothing where JSR can be reached, `--config=deno.offline.json` where it
 * cannot. That file is `deno.json` with its `@std` packages linked to those in
 * `tools/offline`, which need npm only. What npm provides is locked by
 * `deno.lock` in both cases: for the stand-ins, Deno gets a copy of it that
 * names them. With `--lock`, that copy is written back, after `deno cache
 * --frozen=false` has brought it up to date.
 *
 * @module
 */

/** Long enough to fetch the packages over a slow line the first time. */
const REACH_TIMEOUT_MS = 20_000;
/** How long "JSR cannot be reached" is believed, as each task asks. */
const OFFLINE_MS = 10 * 60_000;

const root = new URL("../", import.meta.url);
const offlineConfig = new URL("deno.offline.json", root);

interface Package {
  readonly name: string;
  readonly version: string;
  readonly exports: string | Readonly<Record<string, string>>;
}

interface Config {
  readonly imports: Readonly<Record<string, string>>;
  readonly publish: { readonly include: readonly string[] };
}

/** The parts of a lockfile that matter here. */
interface Lock {
  readonly version: string;
  readonly specifiers: Readonly<Record<string, string>>;
  readonly npm: unknown;
  readonly workspace: { readonly links?: unknown };
}

function readJson<T>(path: string): T {
  return JSON.parse(Deno.readTextFileSync(new URL(path, root)));
}

const folders = [...Deno.readDirSync(new URL("tools/offline/", root))]
  .filter((entry) => entry.isDirectory)
  .map((entry) => `./tools/offline/${entry.name}`)
  .sort();

/** What is stood in for, such as `jsr:@std/testing@^1.0.0/time`. */
function specifiers({ imports }: Config): string[] {
  return folders.flatMap((folder) => {
    const { name, exports } = readJson<Package>(`${folder}/deno.json`);
    const entries = typeof exports === "string" ? ["."] : Object.keys(exports);
    return entries.map((entry) => imports[name] + entry.slice(1));
  });
}

function offlineOf(config: Config): string {
  // A dry run takes a linked package for a part of the one it is inside of.
  const include = [...config.publish.include, ...folders];
  const lock = { path: "./deno.offline.lock", frozen: true };
  const offline = { ...config, lock, links: folders, publish: { include } };
  return JSON.stringify(offline, null, 2) + "\n";
}

/** The lockfile for npm alone, with the stand-ins as Deno notes them. */
function offlineLockOf({ version, specifiers, npm, workspace }: Lock): string {
  const links = Object.fromEntries(folders.map((folder) => {
    const { name, version } = readJson<Package>(`${folder}/deno.json`);
    return [`jsr:${name}@${version}`, {}];
  }));
  const lock = {
    version,
    specifiers: withoutJsr(specifiers),
    npm,
    workspace: { ...workspace, links },
  };
  return JSON.stringify(lock, null, 2) + "\n";
}

/** The committed lockfile of one that Deno wrote for the stand-ins. */
function lockOf(
  { workspace: { links: _, ...workspace }, ...lock }: Lock,
): string {
  return JSON.stringify({ ...lock, workspace }, null, 2) + "\n";
}

function withoutJsr(specifiers: Lock["specifiers"]): Lock["specifiers"] {
  return Object.fromEntries(
    Object.entries(specifiers).filter(([name]) => !name.startsWith("jsr:")),
  );
}

/** Writes a file in one step, since tasks that run at once may read it. */
function write(name: string, text: string): void {
  const draft = new URL(`deno.offline.${name}.${Deno.pid}`, root);
  Deno.writeTextFileSync(draft, text);
  Deno.renameSync(draft, new URL(name, root));
}

function isKnownOffline(text: string): boolean {
  try {
    const { mtime } = Deno.statSync(offlineConfig);
    const ageMs = Date.now() - (mtime?.getTime() ?? 0);
    return ageMs < OFFLINE_MS && Deno.readTextFileSync(offlineConfig) === text;
  } catch {
    return false;
  }
}

/** Whether the packages are here or can be fetched; once here, it asks nobody. */
async function canResolve(config: Config): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["cache", "--quiet", "--no-config", ...specifiers(config)],
    stdout: "null",
    stderr: "null",
    signal: AbortSignal.timeout(REACH_TIMEOUT_MS),
  }).output();
  return success;
}

const config = readJson<Config>("deno.json");
const text = offlineOf(config);
let offline = isKnownOffline(text);
if (!offline && !await canResolve(config)) {
  console.error("JSR cannot be reached: tools/offline stands in for @std");
  write("deno.offline.json", text);
  offline = true;
}
if (offline && Deno.args.includes("--lock")) {
  // Deno has just brought its own lockfile up to date.
  write("deno.lock", lockOf(readJson<Lock>("deno.offline.lock")));
} else if (offline) {
  write("deno.offline.lock", offlineLockOf(readJson<Lock>("deno.lock")));
}
if (offline) console.log("--config=deno.offline.json");
