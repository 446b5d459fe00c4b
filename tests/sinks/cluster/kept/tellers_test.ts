import { assert } from "@std/assert";
import { fail, pass } from "../../../../src/core/outcome.ts";
import {
  connect,
  type Connection,
} from "../../../../src/sinks/cluster/nats/connection.ts";
import { openKept } from "../../../../src/sinks/cluster/kept/open.ts";
import type { SharedKept } from "../../../../src/sinks/cluster/kept/kept.ts";
import { NATS, NatsServer, until } from "../../../support/nats.ts";
import { testWith } from "../../../support/needs.ts";
import { Crew, type Share, type Switch } from "../../notify/crew.ts";
import { Hook } from "../../notify/hook.ts";
import { byIncident, chance, pause, walk } from "../../notify/walk.ts";
import { Keeping, Lease } from "./keeping.ts";

/** Agents that are connected to a server, more than are needed at a time. */
class Tellers implements AsyncDisposable {
  readonly #server: NatsServer;
  readonly #spare: Connection[] = [];
  readonly #open: { kept: SharedKept; connection: Connection }[] = [];
  #terms = 0;

  constructor(server: NatsServer) {
    this.#server = server;
  }

  /** Connects some. */
  async connect(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const { url } = this.#server;
      this.#spare.push(await connect({ servers: [url], name: "shop" }));
    }
  }

  readonly shareOf = (telling: Switch): Share => {
    const connection = this.#spare.pop()!;
    let isDead = false;
    const kept = openKept(connection, {
      revision: () => this.#terms += 10,
      tells: () => telling.tells(),
    }, {
      warn: (message) => {
        if (!isDead) throw new Error(message);
      },
      onError: (error) => {
        if (!isDead) throw error;
      },
    });
    this.#open.push({ kept, connection });
    return {
      kept,
      kill() {
        isDead = true;
        void connection.close();
      },
    };
  };

  /** The server ends, and comes back; all that was put is written then. */
  async restart(): Promise<void> {
    await this.#server.kill();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await this.#server.run();
    for (const { kept } of this.#open) {
      await until("what was put to be written", () => kept.written());
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { kept, connection } of this.#open) {
      await kept.close();
      await connection.close();
    }
    for (const connection of this.#spare) await connection.close();
  }
}

const RUNS = Number(Deno.env.get("LIFESIGN_WALKS") ?? 2);

testWith(NATS, {
  name:
    "agents that take turns in telling, and are killed, lose nothing with values in a bucket",
  async fn() {
    await using server = await NatsServer.start();
    for (let seed = 1; seed <= RUNS; seed++) {
      await using tellers = new Tellers(server);
      await tellers.connect(30);
      const { shareOf } = tellers;
      await walk({ seed, kills: true, shareOf });
    }
  },
});

testWith(NATS, {
  name:
    "agents that take turns in telling lose nothing while the server ends and comes back",
  async fn() {
    await using server = await NatsServer.start();
    for (let seed = 11; seed < 11 + RUNS; seed++) {
      await using tellers = new Tellers(server);
      await tellers.connect(3);
      const { shareOf } = tellers;
      await walk({ seed, shareOf, disturb: () => tellers.restart() });
    }
  },
});

const DOWN = fail({ code: "refused", message: "it refused" });
const CHECKS = ["a", "b", "c"];

/** One of two that may be parted, with what it sees by itself. */
class Side implements AsyncDisposable {
  readonly crew: Crew;

  constructor(readonly keeping: Keeping, hook: Hook) {
    const { kept } = keeping;
    const notify = {
      team: { type: "webhook", url: hook.url, gather: "0s", limit: 100_000 },
    };
    this.crew = new Crew(CHECKS, notify, 1, () => ({ kept, kill() {} }));
  }

  set tells(tells: boolean) {
    this.crew.agents[0]!.telling.set(tells);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.crew[Symbol.asyncDispose]();
    await this.keeping[Symbol.asyncDispose]();
  }
}

testWith(NATS, {
  name:
    "what two agents tell that do not know of each other has an end, once they do",
  async fn() {
    await using server = await NatsServer.start();
    for (let seed = 21; seed < 21 + RUNS; seed++) await part(server, seed);
  },
});

async function part(server: NatsServer, seed: number): Promise<void> {
  const random = chance(seed);
  await using hook = new Hook();
  hook.answer = async () => {
    await pause(random() * 20);
    return new Response("", { status: random() < 0.1 ? 503 : 200 });
  };
  const lease = new Lease();
  await using one = new Side(await Keeping.open("one", server, lease), hook);
  await using other = new Side(
    await Keeping.open("other", server, lease),
    hook,
  );
  /** Things happen, which some of them see. */
  const live = async (...groups: readonly (readonly Side[])[]) => {
    for (let i = 0; i < 20; i++) {
      const check = CHECKS[Math.floor(random() * CHECKS.length)]!;
      const outcome = random() < 0.5 ? DOWN : pass();
      const seen = groups[Math.floor(random() * groups.length)]!;
      const at = new Date();
      for (const { crew } of seen) crew.report(check, outcome, at);
      await pause(random() * 30);
    }
  };
  let [here, there] = [one, other];
  lease.give("one");
  here.tells = true;
  for (let round = 0; round < 3; round++) {
    await live([here, there]);
    here.keeping.isSure = true;
    here.keeping.cut(true);
    lease.give(there.keeping.id);
    there.tells = true;
    await live([here], [there]);
    here.keeping.isSure = false;
    here.tells = false;
    here.keeping.cut(false);
    here.crew.learn(there.crew);
    await until(
      "what was put to be written",
      () => here.keeping.kept.written(),
    );
    [here, there] = [there, here];
  }
  const at = new Date();
  for (const { crew } of [here, there]) {
    for (const check of CHECKS) crew.report(check, pass(), at);
  }
  for (const { crew } of [here, there]) {
    await until(
      "that nothing is left to tell",
      () => crew.names.every((name) => name.endsWith("/state")),
    );
  }
  const told = [...byIncident(hook.got)];
  const open = told.filter(([, { downs, ups }]) =>
    downs.size > 0 && ups.size === 0
  );
  assert(told.length > 3, `${told.length}`);
  assert(open.length === 0, `${open.map(([id]) => id)} of walk ${seed}`);
}
