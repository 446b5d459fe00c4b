/**
 * Three real servers of NATS that are one cluster.
 *
 * @module
 */

import { NatsServer } from "./nats.ts";
import { closedPort } from "./servers.ts";

/** A cluster of servers, which end with the block. */
export class NatsCluster implements AsyncDisposable {
  readonly servers: readonly NatsServer[];

  private constructor(servers: readonly NatsServer[]) {
    this.servers = servers;
  }

  /** Starts three that keep what they have together. */
  static async start(): Promise<NatsCluster> {
    const ports = [closedPort(), closedPort(), closedPort()];
    const routes = ports.map((port) => `"nats://127.0.0.1:${port}"`).join();
    const started: NatsServer[] = [];
    const cluster = new NatsCluster(started);
    try {
      // Each is listening before it has found the others.
      for (const [i, port] of ports.entries()) {
        started.push(
          await NatsServer.start({
            config: `server_name: n${i}
              cluster { name: c, host: 127.0.0.1, port: ${port}, routes: [${routes}] }`,
          }),
        );
      }
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
    return cluster;
  }

  /** Where they are. */
  get urls(): readonly string[] {
    return this.servers.map(({ url }) => url);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.servers.map((server) => server[Symbol.asyncDispose]()),
    );
  }
}
