/** A process of this machine. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** When it started, in ticks since the machine did: a pid is used again. */
  readonly startedAt: number;
  /** Whether it has ended, and its parent does not know yet. */
  readonly isZombie: boolean;
}

/** The processes of this machine, and which of them have a variable. */
export interface ProcessTable {
  readonly processes: readonly Process[];
  /** The pids of the processes whose environment has it. */
  readonly marked: ReadonlySet<number>;
}

/**
 * Prints the table from `/proc`, which the runtime itself may read only with all
 * permissions. It uses no `ps`, which many images do not have. The environments
 * of other users' processes cannot be read.
 */
const SCRIPT =
  'cat /proc/[0-9]*/stat; echo; grep -lsFe "$1" /proc/[0-9]*/environ';

/**
 * Reads the processes of this machine by means of `sh`, with those whose
 * environment has `variable` (`NAME=value`). Returns `undefined` where that
 * fails: where there is no `/proc`, for example.
 */
export async function processTable(
  variable: string,
): Promise<ProcessTable | undefined> {
  try {
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", SCRIPT, "sh", variable],
      stdin: "null",
      stderr: "null",
    }).output();
    return parseTable(new TextDecoder().decode(stdout));
  } catch {
    return undefined;
  }
}

function parseTable(text: string): ProcessTable | undefined {
  const processes: Process[] = [];
  const marked = new Set<number>();
  for (const line of text.split("\n")) {
    const [, path] = /^\/proc\/(\d+)\/environ$/.exec(line) ?? [];
    if (path !== undefined) marked.add(Number(path));
    // proc_pid_stat(5): the name is in parentheses, and may have some itself.
    const [, pid, rest] = /^(\d+) \(.*\) (.*)$/.exec(line) ?? [];
    if (pid === undefined || rest === undefined) continue;
    const [state, ...numbers] = rest.split(" ");
    const [parent = 0, group = 0, session = 0] = numbers.map(Number);
    processes.push({
      pid: Number(pid),
      parent,
      group,
      session,
      startedAt: Number(numbers[18]),
      isZombie: state === "Z",
    });
  }
  return processes.length === 0 ? undefined : { processes, marked };
}

/** Finds the processes for which `isRoot` is true, and all below them. */
export function withDescendants(
  processes: readonly Process[],
  isRoot: (process: Process) => boolean,
): Process[] {
  const children = Map.groupBy(processes, ({ parent }) => parent);
  const found = new Set<Process>();
  const visit = (process: Process): void => {
    if (found.has(process)) return;
    found.add(process);
    children.get(process.pid)?.forEach(visit);
  };
  processes.filter(isRoot).forEach(visit);
  return [...found];
}
