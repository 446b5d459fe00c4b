import { stateFiles, statePermissions } from "./files.ts";
import type { Say } from "../../core/say.ts";
import { oneLine } from "../../core/text.ts";
import type { CheckRecord } from "../../fleet/record.ts";
import { fromText } from "./format.ts";

/** Larger files are no states. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Reads the state that was kept in a file: records by the ids of checks. Sets the
 * file aside if it is not a state. Returns `null`, after it has said why, if no
 * state can be kept there.
 */
export async function openState(
  path: string,
  say: Say,
): Promise<ReadonlyMap<string, CheckRecord> | null> {
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
    if (error instanceof Deno.errors.NotFound) return new Map();
    say(`${path}: the state is not kept: ${(error as Error).message}`, "warn");
    return null;
  }
  try {
    return new Map(fromText(text).map((record) => [record.id, record]));
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
): Promise<ReadonlyMap<string, CheckRecord> | null> {
  const { bad } = stateFiles(path);
  try {
    await Deno.rename(path, bad);
  } catch (error) {
    say(`${path}: the state is not kept: ${(error as Error).message}`, "warn");
    return null;
  }
  say(
    `${path}: not a valid state file, renamed to ${bad}: ${oneLine(why, 200)}`,
    "warn",
  );
  return new Map();
}
