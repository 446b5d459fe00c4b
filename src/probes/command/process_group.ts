import { monotonicTime } from "../../io/clock.ts";
import { patience } from "../../io/sleep.ts";

/** What a process group has between the polite signal and the other one. */
const GRACE_MS = 1000;

/** How often a group that was asked to end is looked at. */
const LOOK_MS = 20;

/**
 * Ends a detached child and everything it started: SIGTERM, a second later
 * SIGKILL. Resolves when the child is reaped and the group is gone, as far as
 * can be seen.
 */
export async function endProcessGroup(child: Deno.ChildProcess): Promise<void> {
  const askedAt = monotonicTime();
  await signalGroup(child, "SIGTERM");
  await patience(child.status, GRACE_MS);
  // The child may be gone, and others that it started still say goodbye.
  while (isAlive(child.pid) && monotonicTime() - askedAt < GRACE_MS) {
    await patience(NEVER, LOOK_MS);
  }
  await signalGroup(child, "SIGKILL");
  await child.status;
}

const NEVER = new Promise<never>(() => {});

/** Whether a group has members, where we may look; else not. */
function isAlive(group: number): boolean {
  if (!mayRun()) return false;
  try {
    // SIGCONT does nothing to what runs.
    Deno.kill(-group, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}

/**
 * Signals a whole group. `Deno.kill` may do that only with the run permission
 * for everything; an allowed shell can do it, too. Where neither may, the
 * child alone is signalled.
 */
async function signalGroup(
  child: Deno.ChildProcess,
  signal: "SIGTERM" | "SIGKILL",
): Promise<void> {
  if (!mayRun()) {
    const done = mayRun("sh") && await signalByShell(child.pid, signal);
    if (!done) signalChild(child, signal);
    return;
  }
  try {
    Deno.kill(-child.pid, signal);
  } catch {
    // Nobody of it is left.
  }
}

/** Asked first, as on a terminal the runtime would ask the user, and wait. */
function mayRun(command?: string): boolean {
  const { state } = Deno.permissions.querySync({
    name: "run",
    ...(command !== undefined && { command }),
  });
  return state === "granted";
}

async function signalByShell(
  group: number,
  signal: "SIGTERM" | "SIGKILL",
): Promise<boolean> {
  try {
    await new Deno.Command("sh", {
      // The form that dash, bash and busybox have in common.
      args: ["-c", `kill -s ${signal.slice(3)} -- -${group}`],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return true;
  } catch {
    return false;
  }
}

function signalChild(
  child: Deno.ChildProcess,
  signal: "SIGTERM" | "SIGKILL",
): void {
  try {
    child.kill(signal);
  } catch {
    // It has ended already.
  }
}
