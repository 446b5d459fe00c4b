/**
 * The worker that has the history of an agent. It is loaded by others, too, so
 * that its modules are among those that are installed.
 *
 * @module
 */

import { parentPort, workerData } from "node:worker_threads";
import { Engine } from "./engine.ts";
import { NAME, type Request } from "./protocol.ts";

export { Engine } from "./engine.ts";

if (parentPort !== null && workerData === NAME) {
  const engine = new Engine();
  parentPort.on(
    "message",
    ({ id, request }: { readonly id: number; readonly request: Request }) => {
      try {
        parentPort!.postMessage({ id, reply: engine.answer(request) });
      } catch (error) {
        parentPort!.postMessage({ id, error: (error as Error).message });
      }
    },
  );
}
