import {
  type Authenticator,
  type NatsConnection,
  NatsConnectionImpl,
  setTransportFactory,
} from "@nats-io/transport-node";
import { TIMING } from "../../../core/cluster/timing.ts";
import { patience, sleep } from "../../../io/sleep.ts";
import type { ClusterLogin, ClusterTls } from "../value.ts";
import { authenticatorOf, tryTls } from "./credentials.ts";
import { type ServerAddress, serverOf } from "./server.ts";
import { SocketTransport, type TransportOptions } from "./socket_transport.ts";
import { wordsOf } from "./words.ts";

/** How to connect to NATS. */
export interface LinkOptions {
  /** URLs such as `nats://host:4222` or `tls://host`. No others are connected to. */
  readonly servers: readonly string[];
  /** The name of the cluster. */
  readonly name: string;
  /** What the server calls this client, such as the id of the agent. */
  readonly client?: string;
  /** The content of a credentials file, not its path. */
  readonly auth?: ClusterLogin | undefined;
  /** PEM, not paths. TLS is demanded if there is one, as by `tls://`. */
  readonly tls?: ClusterTls | undefined;
  /**
   * On how many servers buckets are to be.
   *
   * @default {1}
   */
  readonly replicas?: number;
  /**
   * How long an answer is waited for, in milliseconds.
   *
   * @default {2000}
   */
  readonly requestMs?: number;
}

/** Whether there is a connection. */
export type LinkState = "connected" | "disconnected";

/**
 * Hears whether there is a connection, and to which server, or why not. It is called
 * again if there is another reason.
 */
export type StateListener = (state: LinkState, detail: string) => void;

/** Hears of what is wrong, once of each. */
export type ProblemListener = (problem: string) => void;

/** From one attempt to connect to the next, in milliseconds. */
const RECONNECT_MS = 250;

/** How long an attempt to connect may take, in milliseconds. */
const CONNECT_MS = 2_000;

/** From one ping to the next, in milliseconds. */
const PING_MS = 2_000;

/** The connection is given up with the next ping if so many had no answer. */
const MAX_PINGS = 2;

/** How long what was sent may take to arrive before it is closed, in milliseconds. */
const FLUSH_MS = 500;

/** How long the client may take to close, in milliseconds. */
const CLOSE_MS = 1_000;

/** What servers take by default, until one has said it. */
const MAX_PAYLOAD = 1 << 20;

/** The most that waits for a server that takes nothing, in bytes. */
const MAX_PENDING_BYTES = 8 << 20;

/** How many problems are remembered, so as not to be told again. */
const MAX_PROBLEMS = 200;

/**
 * Begins to connect, and goes on trying for as long as it is not closed. It does not
 * wait for a server.
 *
 * Rejects with a `TypeError` if a URL, a certificate or what is to say who this is
 * cannot be used; its message has nothing secret.
 */
export function connect(options: LinkOptions): Promise<Connection> {
  // deno-lint-ignore require-await
  return (async () => new Connection(options))();
}

/** The connection of an agent to NATS, which is made anew whenever it breaks. */
export class Connection implements AsyncDisposable {
  /** The name of the cluster. */
  readonly name: string;
  /** How long an answer is waited for, in milliseconds. */
  readonly requestMs: number;
  /** On how many servers buckets are to be. */
  readonly replicas: number;
  /** What is wrong with the buckets now, by their names. */
  readonly faults: Map<string, string> = new Map();
  readonly #servers: readonly ServerAddress[];
  readonly #options: LinkOptions;
  readonly #authenticator: Authenticator | undefined;
  readonly #closing = new AbortController();
  readonly #stateListeners = new Set<StateListener>();
  readonly #problemListeners = new Set<ProblemListener>();
  readonly #flushing = new Set<(hasRead: boolean) => void>();
  readonly #problems = new Set<string>();
  readonly #running: Promise<void>;
  #client: NatsConnection | null = null;
  #transport: SocketTransport | null = null;
  #detail = "";
  #maxPayload = MAX_PAYLOAD;

  constructor(options: LinkOptions) {
    const { servers, name, auth, tls, requestMs = TIMING.requestMs } = options;
    if (servers.length === 0) throw new TypeError("Expected a server");
    this.name = name;
    this.requestMs = requestMs;
    this.replicas = options.replicas ?? 1;
    this.#options = options;
    this.#servers = servers.map(serverOf);
    this.#authenticator = auth && authenticatorOf(auth);
    if (tls !== undefined) tryTls(tls);
    this.#running = this.#run();
  }

  /** The client of the connection that there is now; `null` if there is none. */
  get client(): NatsConnection | null {
    return this.#client;
  }

  /** Whether there is a connection, and to which server, or why not. */
  get state(): { readonly type: LinkState; readonly detail: string } {
    const type = this.#client === null ? "disconnected" : "connected";
    return { type, detail: this.#detail };
  }

  /** The largest message that may be sent, in bytes, its headers included. */
  get maxPayload(): number {
    return this.#maxPayload;
  }

  /**
   * Whether a message may be sent that nobody waits for: there is a connection, and
   * the server takes what it gets.
   */
  get isClear(): boolean {
    return this.#client !== null &&
      (this.#transport?.pendingBytes ?? 0) < MAX_PENDING_BYTES;
  }

  /** Calls back with each change of the state. Returns what ends that. */
  onState(listener: StateListener): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  /** Calls back with what is wrong on either side. Returns what ends that. */
  onProblem(listener: ProblemListener): () => void {
    this.#problemListeners.add(listener);
    return () => this.#problemListeners.delete(listener);
  }

  /** Says what is wrong, unless it was said before. */
  report(problem: string): void {
    if (this.#problems.has(problem)) return;
    if (this.#problems.size >= MAX_PROBLEMS) this.#problems.clear();
    this.#problems.add(problem);
    for (const listener of [...this.#problemListeners]) listener(problem);
  }

  /**
   * Waits until the server has read all that was sent. Resolves to `false` if there
   * is no connection, or it ends before that.
   */
  flush(): Promise<boolean> {
    const client = this.#client;
    if (client === null) return Promise.resolve(false);
    // The client does not tell who waits that it has closed.
    return new Promise((resolve) => {
      const end = (hasRead: boolean): void => {
        this.#flushing.delete(end);
        resolve(hasRead);
      };
      this.#flushing.add(end);
      client.flush().then(() => end(true), () => end(false));
    });
  }

  /** Ends it within two seconds. What was sent may still arrive before that. */
  async close(): Promise<void> {
    if (!this.#closing.signal.aborted) await patience(this.flush(), FLUSH_MS);
    this.#closing.abort();
    this.#transport?.close();
    await patience(this.#running, CLOSE_MS);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    let turn = Math.floor(Math.random() * this.#servers.length);
    while (!signal.aborted) {
      await this.#serve(this.#servers[turn++ % this.#servers.length]!);
      await sleep(RECONNECT_MS, signal);
    }
  }

  /** Makes one connection, and returns when it has ended. */
  async #serve(server: ServerAddress): Promise<void> {
    let client: NatsConnection;
    try {
      client = await this.#open(server);
    } catch (error) {
      this.#tell(null, `${server.authority}: ${wordsOf(error)}`);
      return;
    }
    this.#maxPayload = client.info?.max_payload ?? MAX_PAYLOAD;
    this.#tell(client, server.authority);
    let fault: unknown;
    for await (const status of client.status()) {
      if (status.type !== "error") continue;
      fault = status.error;
      if (wordsOf(fault).includes("does not let")) this.report(wordsOf(fault));
    }
    const error = await client.closed();
    this.#tell(null, `${server.authority}: ${wordsOf(error ?? fault)}`);
  }

  async #open(server: ServerAddress): Promise<NatsConnection> {
    // The client has one factory for all connections.
    setTransportFactory({ factory: () => new SocketTransport() });
    const { client: name = "lifesign", tls } = this.#options;
    const options: TransportOptions = {
      servers: server.authority,
      name,
      // Each connection has a client of its own: so nothing that was meant for one
      // is sent over another.
      reconnect: false,
      ignoreClusterUpdates: true,
      resolve: false,
      timeout: CONNECT_MS,
      pingInterval: PING_MS,
      maxPingOut: MAX_PINGS,
      noAsyncTraces: true,
      ...(this.#authenticator && { authenticator: this.#authenticator }),
      lifesign: {
        server,
        tls,
        onStart: (transport) => {
          this.#transport = transport;
          if (this.#closing.signal.aborted) transport.close();
        },
        onEnd: (error) => {
          if (this.#client === null) return;
          this.#tell(null, `${server.authority}: ${wordsOf(error)}`);
        },
      },
    };
    return await NatsConnectionImpl.connect(options);
  }

  #tell(client: NatsConnection | null, detail: string): void {
    if (this.#client === client && this.#detail === detail) return;
    this.#client = client;
    this.#detail = detail;
    if (client === null) { for (const end of [...this.#flushing]) end(false); }
    const { type } = this.state;
    for (const listener of [...this.#stateListeners]) listener(type, detail);
  }
}
