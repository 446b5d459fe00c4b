import type { Deferred } from "../../io/deferred.ts";
import { deferred } from "../../io/deferred.ts";
import type { Reply, ReplyTo, Request } from "./protocol.ts";

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
 * Starts an engine in a worker of its own. It has the permissions of the agent: to
 * give it fewer takes a flag in Deno 2.9 (`--unstable-worker-options`).
 */
export function workerLine(): Line {
  const worker = new Worker(import.meta.resolve("./worker.ts"), {
    type: "module",
    name: "lifesign history",
  });
  const waiting = new Map<number, Deferred<Reply>>();
  let asked = 0;
  let fault: Error | null = null;
  const end = (error: Error): void => {
    fault = error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    worker.terminate();
  };
  worker.onmessage = ({ data }: MessageEvent<Answer>): void => {
    const { id } = data;
    const answer = waiting.get(id);
    waiting.delete(id);
    if ("reply" in data) answer?.resolve(data.reply);
    else answer?.reject(new Error(data.error));
  };
  worker.onerror = (event): void => {
    event.preventDefault();
    end(new Error(event.message));
  };
  return {
    ask<R extends Request>(request: R) {
      if (fault !== null) return Promise.reject(fault);
      const id = ++asked;
      const answer = deferred<Reply>();
      waiting.set(id, answer);
      worker.postMessage({ id, request });
      return answer.promise as Promise<ReplyTo<R>>;
    },
    [Symbol.dispose]: () => end(new Error("The history has ended")),
  };
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
