/**
 * A network namespace for one agent, with two ways out: one to NATS, which can be
 * cut, and one to everything else.
 */
export class Network implements AsyncDisposable {
  /** How the agent reaches NATS. */
  readonly nats: string;
  /** How the agent reaches the rest, and everybody the targets. */
  readonly outside: string;
  /** Where the agent is reached. */
  readonly agent: string;
  /** The command that runs a program in it. */
  readonly within: readonly string[];
  readonly #name: string;

  private constructor(name: string, net: string) {
    this.#name = name;
    this.nats = `${net}.1`;
    this.outside = `${net}.5`;
    this.agent = `${net}.6`;
    this.within = ["ip", "netns", "exec", name];
  }

  /** Makes one, or says why that is not possible. */
  static async make(): Promise<Network | string> {
    const name = `ls${Deno.pid % 100_000}`;
    const pid = Deno.pid;
    const net = `10.${64 + pid % 64}.${(pid >> 6) % 256}`;
    const network = new Network(name, net);
    const inside = `ip -n ${name}`;
    try {
      await run(`
        ip netns add ${name}
        ${inside} link set lo up
        ip link add ${name}a type veth peer name in_a netns ${name}
        ip link add ${name}b type veth peer name in_b netns ${name}
        ip address add ${net}.1/30 dev ${name}a
        ip address add ${net}.5/30 dev ${name}b
        ${inside} address add ${net}.2/30 dev in_a
        ${inside} address add ${net}.6/30 dev in_b
        ip link set ${name}a up
        ip link set ${name}b up
        ${inside} link set in_a up
        ${inside} link set in_b up
      `);
      return network;
    } catch (error) {
      await network[Symbol.asyncDispose]();
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Cuts the way to NATS: what is sent gets lost, and nobody is told. */
  cut(): Promise<void> {
    return run(`ip link set ${this.#name}a down`);
  }

  /** Mends the way to NATS. */
  mend(): Promise<void> {
    return run(`ip link set ${this.#name}a up`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const name = this.#name;
    for (const what of [`link del ${name}a`, `link del ${name}b`]) {
      await run(`ip ${what}`).catch(() => {});
    }
    await run(`ip netns del ${name}`).catch(() => {});
  }
}

async function run(script: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("sh", {
    args: ["-ec", script],
    stdout: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
}
