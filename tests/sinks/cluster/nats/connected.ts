import {
  connect,
  type Connection,
  type LinkOptions,
} from "../../../../src/sinks/cluster/nats/connection.ts";
import { patience } from "../../../../src/io/sleep.ts";
import { type NatsServer, until } from "../../../support/nats.ts";

/** A connection, and what it has said. */
export interface Linked extends AsyncDisposable {
  readonly connection: Connection;
  readonly states: string[];
  readonly problems: string[];
}

/** Begins to connect to a server. */
export async function link(
  server: NatsServer,
  options: Partial<LinkOptions> = {},
): Promise<Linked> {
  const connection = await connect({
    servers: [server.url],
    name: "shop",
    ...options,
  });
  const states: string[] = [];
  const problems: string[] = [];
  connection.onState((state, detail) => states.push(`${state} ${detail}`));
  connection.onProblem((problem) => problems.push(problem));
  return {
    connection,
    states,
    problems,
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

/** Connects to a server, and waits until it has. */
export async function linked(
  server: NatsServer,
  options: Partial<LinkOptions> = {},
): Promise<Linked> {
  const linked = await link(server, options);
  await until(
    "a connection",
    () => linked.connection.client !== null,
  );
  return linked;
}

/** Whether the server answers within the time that answers have. */
export async function answers(connection: Connection): Promise<boolean> {
  let hasRead = false;
  const flushed = connection.flush().then((it) => void (hasRead = it));
  await patience(flushed, connection.requestMs);
  return hasRead;
}
