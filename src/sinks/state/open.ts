import { stateFiles, statePermissions } from "./files.ts";
import type { Say } from "../../core/say.ts";
import { oneLine } from "../../core/text.ts";
import type { CheckRecord } from "../../fleet/record.ts";
import { fromText } from "./format.ts";

/** Larger files are no states. */
const MAX_BYTES = 256 * 1024 * 1024;

/** What a file had to say. */
export interface OpenedState {
  /** Its text; empty if there was none. */
  readonly text: string;
  /** What was known of checks, by their ids. */
  readonly records: ReadonlyMap<string, CheckRecord>;
}

const NOTHING: OpenedState = { text: "", records: new Map() };

/**
 * Reads the state that was kept in a file, and sets the file aside if it is
 * something else. Gives `null`, after it has said why, if none can be kept.
 */
export async function openState(
  path: string,
  say: Say,
): Promise<OpenedState | null> {
  const missing = missingFlags(path);
  if (missing !== "") {
    say(`${path}: the state is not kept without ${missing}`, "warn");
    return null;
  }
  let text: string;
  try {
    const { isFile, size } = await Deno.stat(path);
    if (!isFile || size > MAX_BYTES) {
      const why = isFile ? "larger than 256 MiB" : "not a regular file";
      say(`${path}: the state is not kept: ${why}`, "warn");
      return null;
    }
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return NOTHING;
    say(`${path}: the state is not kept: ${(error as Error).message}`, "warn");
    return null;
  }
  try {
    const records = fromText(text);
    return { text, records: new Map(records.map((it) => [it.id, it])) };
  } catch (error) {
    return await setAside(path, (error as Error).message, say);
  }
}

/** The flags that are missing to keep a state there. */
function missingFlags(path: string): string {
  const missing = statePermissions(path).filter((permission) =>
    // Not to be asked for on a terminal: it works without.
    Deno.permissions.querySync(permission).state !== "granted"
  );
  return [...Map.groupBy(missing, ({ name }) => name)].map(([name, them]) =>
    `--allow-${name}=${them.map(({ path }) => path).join(",")}`
  ).join(" ");
}

/** Keeps what is not ours, or no longer, for whoever misses it. */
async function setAside(
  path: string,
  why: string,
  say: Say,
): Promise<OpenedState | null> {
  const { bad } = stateFiles(path);
  try {
    await Deno.rename(path, bad);
  } catch (error) {
    say(`${path}: the state is not kept: ${(error as Error).message}`, "warn");
    return null;
  }
  say(
    `${path}: not a state that can be read, now ${bad}: ${oneLine(why, 200)}`,
    "warn",
  );
  return NOTHING;
}
