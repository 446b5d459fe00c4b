import {
  connect,
  type Connection,
} from "../../../../src/sinks/cluster/nats/connection.ts";
import { openKept } from "../../../../src/sinks/cluster/kept/open.ts";
import type { SharedKept } from "../../../../src/sinks/cluster/kept/kept.ts";
import { NATS, NatsServer, until } from "../../../support/nats.ts";
import { testWith } from "../../../support/needs.ts";
import type { Share, Switch } from "../../notify/crew.ts";
import { walk } from "../../notify/walk.ts";

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
    }, (error) => {
      if (!isDead) throw error;
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
