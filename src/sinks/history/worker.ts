/**
 * The worker that has the history of an agent. It is loaded by others, too, so
 * that its modules are among those that are installed.
 *
 * @module
 */

import { Engine } from "./engine.ts";
import type { Request } from "./protocol.ts";

export { Engine } from "./engine.ts";

/** The name of the worker. */
export const NAME = "lifesign history";

/** The part of a worker's global scope that is used here. */
interface Scope {
  readonly name?: string;
  onmessage: (
    event: MessageEvent<{ readonly id: number; readonly request: Request }>,
  ) => void;
  postMessage(message: unknown): void;
}

const scope = globalThis as unknown as Scope;

if (scope.name === NAME) {
  const engine = new Engine();
  scope.onmessage = ({ data: { id, request } }) => {
    try {
      scope.postMessage({ id, reply: engine.answer(request) });
    } catch (error) {
      scope.postMessage({ id, error: (error as Error).message });
    }
  };
}
