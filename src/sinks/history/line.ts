import { Worker } from "node:worker_threads";
import { monotonicTime } from "../../io/clock.ts";
import type { Deferred } from "../../io/deferred.ts";
import { deferred } from "../../io/deferred.ts";
import { NAME, type Reply, type ReplyTo, type Request } from "./protocol.ts";

/** What reaches the engine of a history, wherever that runs. */
export interface Line extends Disposable {
  /** Asks for something. Rejects if it cannot be done, and after the end. */
  ask<R extends Request>(request: R): Promise<ReplyTo<R>>;
}

/** What a worker answers. */
type Answer =
  | { readonly id: number; readonly reply: Reply }
  | { readonly id: number; readonly error: string };

/**
 * The most memory that the worker may take, in MiB: for what it has just made, and
 * for all else. Without a limit, the first grows to 64, most of which it does not
 * need; the second is as good as none.
 */
const LIMITS = { maxYoungGenerationSizeMb: 6, maxOldGenerationSizeMb: 4096 };

/**
 * After how long without an answer the worker is given up, in milliseconds: one that
 * has no memory left says nothing in Deno 2.9. To check a large file takes minutes.
 */
const SILENCE_MS = 15 * 60_000;

/**
 * Starts an engine in a worker of its own. It has the permissions of the agent: to
 * give it fewer takes a flag in Deno 2.9 (`--unstable-worker-options`). It is one of
 * Node's, as those of the Web have no limits of memory.
 */
export function workerLine(
  module: URL = workerModule(),
  silenceMs: number = SILENCE_MS,
): Line {
  const worker = new Worker(module, {
    name: NAME,
    workerData: NAME,
    resourceLimits: LIMITS,
  });
  const waiting = new Map<number, Deferred<Reply>>();
  /** When the last answer came, or the first request after it was sent. */
  let since = 0;
  let asked = 0;
  let fault: Error | null = null;
  const end = (error: Error): void => {
    fault ??= error;
    clearInterval(timer);
    for (const { reject } of waiting.values()) reject(fault);
    waiting.clear();
    void worker.terminate();
  };
  worker.on("message", (answer: Answer) => {
    const { id } = answer;
    since = monotonicTime();
    const asker = waiting.get(id);
    waiting.delete(id);
    if ("reply" in answer) asker?.resolve(answer.reply);
    else asker?.reject(new Error(answer.error));
  });
  worker.on("error", ({ message }: Error) => end(new Error(message)));
  worker.on("exit", () => end(new Error("Its worker has ended")));
  const timer = setInterval(() => {
    if (waiting.size === 0 || monotonicTime() - since < silenceMs) return;
    end(new Error("Its worker does not answer any more"));
  }, silenceMs / 4);
  return {
    ask<R extends Request>(request: R) {
      if (fault !== null) return Promise.reject(fault);
      const id = ++asked;
      if (waiting.size === 0) since = monotonicTime();
      const answer = deferred<Reply>();
      waiting.set(id, answer);
      worker.postMessage({ id, request });
      return answer.promise as Promise<ReplyTo<R>>;
    },
    [Symbol.dispose]: () => end(new Error("The history has ended")),
  };
}

/** The module of the worker. Node's workers take no URL of the network. */
function workerModule(): URL {
  const url = import.meta.resolve("./worker.ts");
  return new URL(
    url.startsWith("file:")
      ? url
      : `data:text/javascript,import ${
        encodeURIComponent(JSON.stringify(url))
      }`,
  );
}

/** Starts an engine in this thread, which waits whenever the disk is slow. */
export async function localLine(): Promise<Line> {
  const { Engine } = await import("./worker.ts");
  const engine = new Engine();
  return {
    // deno-lint-ignore require-await
    async ask<R extends Request>(request: R) {
      return engine.answer(request) as ReplyTo<R>;
    },
    [Symbol.dispose]() {},
  };
}
