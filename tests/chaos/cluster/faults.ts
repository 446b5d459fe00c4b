import type { Cluster } from "./cluster.ts";
import { Network } from "./network.ts";

/** How long agents are stopped and cut off, and twins live, in milliseconds. */
const LONG_MS = 30_000;

/** Far longer than any message takes while targets flap. */
const PATIENCE_MS = 300_000;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What goes wrong in a cluster. */
export interface Fault {
  /** Prepares it, and returns what makes it happen and undoes it. */
  (cluster: Cluster, longMs: number): Promise<Happening>;
}

/** What goes wrong, once it is known to whom. */
export interface Happening {
  /** Ends when the fault does. */
  readonly act: () => Promise<void>;
  /** Makes the cluster whole again, which is measured, too. */
  readonly undo?: () => Promise<void>;
  /** Whether checks may be run by two agents meanwhile. */
  readonly mayRepeat?: boolean;
  /** Whether two agents may tell meanwhile. */
  readonly mayDouble?: boolean;
}

/** The agent that tells, and one that does not. */
async function roles(cluster: Cluster) {
  const teller = await cluster.teller(PATIENCE_MS);
  const other = cluster.running.find((it) => it !== teller);
  if (other === undefined) throw new Error("Expected two agents");
  return { teller, other };
}

function killing(role: "teller" | "other"): Fault {
  return async (cluster) => {
    const victim = (await roles(cluster))[role];
    return {
      act: async () => void await victim.kill(),
      undo: () => victim.start(),
    };
  };
}

function stopping(role: "teller" | "other"): Fault {
  return async (cluster, longMs) => {
    const victim = (await roles(cluster))[role];
    return {
      async act() {
        victim.signal("SIGSTOP");
        await sleep(longMs);
        victim.signal("SIGCONT");
      },
    };
  };
}

function restarting(ms: number): Fault {
  return ({ nats }) =>
    Promise.resolve({
      async act() {
        await nats.kill();
        await sleep(ms);
        await nats.run();
      },
    });
}

/** All that can go wrong, by its name. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  none: () => Promise.resolve({ act: () => Promise.resolve() }),
  kill: killing("other"),
  teller: killing("teller"),
  nats: restarting(2_000),
  nats20: restarting(20_000),
  stop: stopping("other"),
  stop_teller: stopping("teller"),
  partition({ network }, longMs = LONG_MS) {
    if (!(network instanceof Network)) throw new Error(network);
    return Promise.resolve({
      mayRepeat: true,
      mayDouble: true,
      async act() {
        await network.cut();
        await sleep(longMs);
        await network.mend();
      },
    });
  },
  join: (cluster) =>
    Promise.resolve({ act: async () => void await cluster.join("agent-new") }),
  async leave(cluster) {
    const { other } = await roles(cluster);
    return { act: () => other.end(), undo: () => other.start() };
  },
  // Agents share checks with those that have the same config.
  reload: (cluster) =>
    Promise.resolve({ mayRepeat: true, act: () => cluster.reload(3_000) }),
  async twins(cluster, longMs) {
    const { other } = await roles(cluster);
    return {
      async act() {
        const twin = await cluster.join(other.id, { name: `${other.id}-twin` });
        await sleep(longMs);
        await twin.end();
      },
    };
  },
};
