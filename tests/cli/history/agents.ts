/**
 * Agents with a history, in processes of their own.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Snapshot } from "../../../src/core/types.ts";
import { SOURCES } from "../../support/agent.ts";
import {
  type Ended,
  type RunningScript,
  startScript,
} from "../../support/program.ts";

/** A folder with a config whose history is kept beside it. */
export interface Place extends AsyncDisposable {
  readonly folder: string;
  readonly file: string;
  readonly db: string;
  /** Writes the config. */
  configure(checks: string): Promise<void>;
}

export async function place(
  db: string = "lifesign.db",
  within?: string,
): Promise<Place> {
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  const at = {
    folder,
    file: `${folder}/lifesign.yaml`,
    db: `${within ?? folder}/${db}`,
  };
  return {
    ...at,
    configure: (checks) =>
      Deno.writeTextFile(
        at.file,
        `listen: 127.0.0.1:0\nhistory: ${at.db}\nchecks:\n${checks}`,
      ),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** An agent that runs. */
export interface RunningAgent extends RunningScript {
  /** What one of its paths answers. */
  get(
    path: string,
  ): Promise<{ readonly status: number; readonly text: string }>;
  /** One of its checks. */
  check(id: string): Promise<Snapshot>;
}

export async function startAgent(
  { file, folder, db }: Place,
  flags: readonly string[] = [
    `--allow-read=${folder},${SOURCES},${folderOf(db)}`,
    `--allow-write=${folder},${folderOf(db)}`,
  ],
): Promise<RunningAgent> {
  const agent = startScript("src/cli/main.ts", {
    flags: [
      "--allow-net=127.0.0.1",
      "--allow-run=sh",
      "--allow-env=LIFESIGN_TOKEN",
      ...flags,
    ],
    args: ["run", file],
  });
  const line = await agent.line("stderr", /listening on/);
  const url = line.replace(/^.*listening on /, "");
  const get = async (path: string) => {
    const response = await fetch(new URL(path, url));
    return { status: response.status, text: await response.text() };
  };
  return Object.assign(agent, {
    get,
    check: async (id: string) => JSON.parse((await get(`checks/${id}`)).text),
  });
}

export async function end(agent: RunningScript): Promise<Ended> {
  agent.kill("SIGTERM");
  const ended = await agent.ended;
  assertEquals(ended.code, 0, ended.stderr);
  return ended;
}

// Tried once, and then not again as long as anybody looks.
export const UP = '{ type: command, command: "exit 0", interval: 1d }';
export const DOWN = "{ type: tcp, port: 1, retries: 1, interval: 1d }";
