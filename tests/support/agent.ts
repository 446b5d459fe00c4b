import type { Snapshot } from "../../src/core/types.ts";
import { type RunningScript, startScript } from "./program.ts";

/** Far longer than anything here takes. */
const PATIENCE_MS = 60_000;

/** An agent that runs, with a config and perhaps a history in a folder. */
export interface RunningAgent extends RunningScript {
  /** Where it listens, with a slash at its end. */
  readonly url: string;
  /** Asks for one of its paths. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** One of its checks. */
  check(id: string): Promise<Snapshot>;
  /** One of its checks, once it is as it should be. */
  until(id: string, is: (it: Snapshot) => boolean): Promise<Snapshot>;
}

/** The modules of this package, which the worker of a history loads. */
export const SOURCES: string = new URL("../../src/", import.meta.url).pathname;

/** Runs the agent of `lifesign.yaml` in a folder until the end of the block. */
export async function startAgent(
  folder: string,
  init: RequestInit = {},
): Promise<RunningAgent> {
  const agent = startScript("src/cli/main.ts", {
    flags: [
      "--allow-net=127.0.0.1",
      "--allow-env=LIFESIGN_TOKEN",
      `--allow-read=${folder},${SOURCES}`,
      `--allow-write=${folder}`,
    ],
    args: ["run", `${folder}/lifesign.yaml`],
  });
  const line = await agent.line("stderr", /listening on/);
  const url = line.replace(/^.*listening on /, "");
  const ask = (path: string, more: RequestInit = {}) =>
    fetch(new URL(path, url), { ...init, ...more });
  const check = async (id: string) =>
    await (await ask(`checks/${id}`)).json() as Snapshot;
  return Object.assign(agent, {
    url,
    ask,
    check,
    async until(id: string, is: (it: Snapshot) => boolean) {
      const end = Date.now() + PATIENCE_MS;
      while (true) {
        const it = await check(id);
        if (is(it)) return it;
        if (Date.now() > end) throw new Error(`Waited for ${is}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  });
}
