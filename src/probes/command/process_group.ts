import { monotonicTime } from "../../io/clock.ts";
import { patience } from "../../io/sleep.ts";

/** The time between SIGTERM and SIGKILL. */
const GRACE_MS = 1000;

/** How often a group is polled after SIGTERM. */
const LOOK_MS = 20;

/**
 * Ends a detached child and everything it started: with SIGTERM, and with SIGKILL
 * a second later. Resolves when the child is reaped and, as far as can be seen,
 * the group is gone.
 */
export async function endProcessGroup(child: Deno.ChildProcess): Promise<void> {
  const askedAt = monotonicTime();
  await signalGroup(child, "SIGTERM");
  await patience(child.status, GRACE_MS);
  // The child may be gone while processes that it started still end.
  while (isAlive(child.pid) && monotonicTime() - askedAt < GRACE_MS) {
    await patience(NEVER, LOOK_MS);
  }
  await signalGroup(child, "SIGKILL");
  await child.status;
}

const NEVER = new Promise<never>(() => {});

/** Whether a group has processes; `false` if that cannot be seen. */
function isAlive(group: number): boolean {
  if (!mayRun()) return false;
  try {
    // SIGCONT has no effect on a process that runs.
    Deno.kill(-group, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}

/**
 * Sends a signal to a whole group. `Deno.kill` needs unrestricted run permission
 * for that; a shell that is allowed to run can do it, too. Without both, only the
 * child gets the signal.
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
    // The group has no processes left.
  }
}

/** Looks first, since the runtime would prompt the user on a terminal. */
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
      // This form works in dash, bash and busybox.
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
    // The process has ended already.
  }
}
