import type { CheckSpec } from "../config/check.ts";

/**
 * Warns if this process is PID 1, as in a container, and a check runs programs.
 * What those leave behind when they end becomes a child of PID 1, and stays as a
 * zombie: the runtime reaps only what it has started. Returns `undefined` if
 * there is nothing to say.
 */
export function orphanWarning(
  checks: Iterable<CheckSpec>,
): string | undefined {
  if (Deno.pid !== 1) return undefined;
  for (const { probe } of checks) {
    if (!probe.permissions.some(({ name }) => name === "run")) continue;
    return "this process is PID 1, and does not reap orphaned processes of commands: run the container with --init, or with init: true in Compose";
  }
  return undefined;
}
