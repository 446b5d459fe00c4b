import { monotonicTime } from "../clock.ts";
import { patience } from "../sleep.ts";
import { type Process, processTable, withDescendants } from "./table.ts";

/** The time between SIGTERM and SIGKILL. */
const GRACE_MS = 1000;

/** The time between two looks at the processes after SIGTERM. */
const LOOK_MS = 50;

/** How often SIGKILL is sent at most: a process may fork in between. */
const MAX_KILLS = 5;

type EndSignal = "SIGTERM" | "SIGKILL";

/**
 * A command and everything that it started: the processes of its session, their
 * descendants, and those with the variable of `env`, wherever they are. `sh`
 * finds them in `/proc`. Without one of both, the tree is the process group.
 */
export class ProcessTree {
  readonly #id = crypto.randomUUID();
  /** The processes that were found, as in `identity()`. */
  readonly #seen = new Set<string>();

  /** What to add to the environment of the command. */
  get env(): { readonly LIFESIGN_ATTEMPT: string } {
    return { LIFESIGN_ATTEMPT: this.#id };
  }

  /**
   * Ends the tree of a detached child: with SIGTERM, and with SIGKILL a second
   * later. Resolves when the child is reaped and, as far as can be seen, the
   * tree is gone.
   */
  async end(child: Deno.ChildProcess): Promise<void> {
    const askedAt = monotonicTime();
    let tree = await this.#look(child);
    await signalAll(child, tree, "SIGTERM");
    await patience(child.status, GRACE_MS);
    tree = await this.#look(child);
    // The child may be gone while processes that it started still end.
    while (isThere(child, tree) && monotonicTime() - askedAt < GRACE_MS) {
      await patience(NEVER, LOOK_MS);
      tree = await this.#look(child);
    }
    for (let kills = 0; kills < MAX_KILLS && tree?.length !== 0; kills++) {
      await signalAll(child, tree, "SIGKILL");
      if (tree === undefined) break;
      tree = await this.#look(child);
    }
    await child.status;
  }

  /** Finds what is left of the tree. Returns `undefined` where that cannot be. */
  async #look({ pid }: Deno.ChildProcess): Promise<Process[] | undefined> {
    if (!mayRun("sh")) return undefined;
    const table = await processTable(`LIFESIGN_ATTEMPT=${this.#id}`);
    if (table === undefined) return undefined;
    const tree = withDescendants(
      table.processes,
      (process) =>
        process.session === pid || table.marked.has(process.pid) ||
        this.#seen.has(identity(process)),
    ).filter(({ isZombie }) => !isZombie);
    for (const process of tree) this.#seen.add(identity(process));
    return tree;
  }
}

function identity({ pid, startedAt }: Process): string {
  return `${pid} ${startedAt}`;
}

const NEVER = new Promise<never>(() => {});

/** Whether something of a tree is there; `false` if that cannot be seen. */
function isThere(
  { pid }: Deno.ChildProcess,
  tree: readonly Process[] | undefined,
): boolean {
  if (tree !== undefined) return tree.length > 0;
  if (!mayRun()) return false;
  try {
    // SIGCONT has no effect on a process that runs.
    Deno.kill(-pid, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}

/**
 * Sends a signal to a whole tree, or to the process group of the child if the
 * tree is not known. `Deno.kill` needs unrestricted run permission for that; a
 * shell that is allowed to run can do it, too. Without both, only the child gets
 * the signal.
 */
async function signalAll(
  child: Deno.ChildProcess,
  tree: readonly Process[] | undefined,
  signal: EndSignal,
): Promise<void> {
  // All at once for the group, and nobody twice: some say goodbye.
  const outside = tree?.filter(({ group }) => group !== child.pid) ?? [];
  const isGroupThere = tree === undefined || outside.length < tree.length;
  const pids = [
    ...(isGroupThere ? [-child.pid] : []),
    ...outside.map(({ pid }) => pid),
  ];
  if (pids.length === 0) return;
  if (mayRun()) {
    for (const pid of pids) signalOne(() => Deno.kill(pid, signal));
    return;
  }
  const done = mayRun("sh") && await signalByShell(pids, signal);
  if (!done) signalOne(() => child.kill(signal));
}

function signalOne(send: () => void): void {
  try {
    send();
  } catch {
    // It has ended already, or belongs to another user.
  }
}

async function signalByShell(
  pids: readonly number[],
  signal: EndSignal,
): Promise<boolean> {
  try {
    await new Deno.Command("sh", {
      // This form works in dash, bash and busybox.
      args: ["-c", `kill -s ${signal.slice(3)} -- ${pids.join(" ")}`],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return true;
  } catch {
    return false;
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
