import { fail, pass } from "../../core/outcome.ts";
import { OptionError, readOption } from "../../core/option_error.ts";
import { excerpt } from "../../core/text.ts";
import type { Outcome, Probe } from "../../core/types.ts";
import { readUntil } from "../../io/read.ts";
import { enterStage } from "../../core/stage.ts";
import { authority, type Endpoint, endpoint } from "../address.ts";
import { classify, internal } from "../classify.ts";
import { define } from "../define.ts";
import { toRegExp } from "../matching.ts";
import { timedOut } from "../timed_out.ts";

/** How much of an answer is read to find what is expected. */
const MAX_ANSWER_BYTES = 4096;

/** Options for {@linkcode tcp}. */
export interface TcpOptions {
  /** The port, from 1 to 65535. */
  port: number;
  /**
   * The host: a name or an address, IPv6 with or without brackets.
   *
   * @default {"127.0.0.1"}
   */
  host?: string;
  /** What to send once connected. */
  send?: string;
  /** What the first 4 KiB of the answer should contain or match. */
  expect?: string | RegExp;
  /**
   * Where to connect instead of to `host`, such as a container's address; it
   * may have a port of its own.
   */
  address?: string;
}

/**
 * Probes a TCP port: it passes if a connection is made and, where something is
 * expected, the answer has it. That a port is open is not yet health: ask for
 * an answer where there is one.
 *
 * @throws {OptionError} If an option is not valid.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tcp } from "@lifesign/lifesign";
 *
 * const redis = tcp({ port: 6379, send: "PING\r\n", expect: "+PONG" });
 * assertEquals(redis.target, "127.0.0.1:6379");
 * ```
 */
export function tcp(options: TcpOptions): Probe {
  const { send, expect } = options;
  const { host = "127.0.0.1", port, address } = options;
  readOption("port", () => endpoint("127.0.0.1", port));
  const named = readOption("host", () => endpoint(host, port));
  if (named.port !== port) {
    throw new OptionError(
      "host",
      `expected a host without a port, got ${JSON.stringify(host)}`,
    );
  }
  const to = address === undefined
    ? named
    : readOption("address", () => endpoint(address, port));
  const peer = authority(to);
  const expected = expect === undefined
    ? undefined
    : readOption("expect", () => new Expectation(expect));

  async function attempt(signal: AbortSignal): Promise<Outcome> {
    signal.throwIfAborted();
    enterStage(signal, "connecting");
    using connection = await connect(to, signal);
    if (send === undefined && expected === undefined) return pass();
    // A read knows no signal, but ends when its connection is closed.
    const close = (): void => connection.shut();
    signal.addEventListener("abort", close);
    try {
      return await converse(connection.conn, signal);
    } finally {
      signal.removeEventListener("abort", close);
    }
  }

  async function converse(
    conn: Deno.TcpConn,
    signal: AbortSignal,
  ): Promise<Outcome> {
    if (send !== undefined) {
      enterStage(signal, "sending");
      await writeAll(conn, new TextEncoder().encode(send));
    }
    if (expected === undefined) return pass();
    enterStage(signal, "waiting for an answer");
    const answer = await readUntil(
      (buffer) => conn.read(buffer),
      (bytes) => expected.isMet(bytes),
      MAX_ANSWER_BYTES,
    );
    if (expected.isMet(answer)) return pass();
    signal.throwIfAborted();
    if (answer.length === 0) {
      return fail({
        code: "reset",
        message: `${peer} closed the connection without an answer`,
      });
    }
    return fail({ code: "mismatch", message: expected.complaint(answer) });
  }

  return define(async (signal) => {
    try {
      return await attempt(signal);
    } catch (thrown) {
      if (signal.aborted) return timedOut(signal);
      return classify(thrown, peer) ?? internal(thrown);
    }
  }, {
    type: "tcp",
    target: authority(named),
    permissions: [{ name: "net", host: peer }],
  });
}

/** What the answer should have. */
class Expectation {
  readonly #pattern: RegExp | string;

  constructor(expect: string | RegExp) {
    this.#pattern = typeof expect === "string" ? expect : toRegExp(expect);
  }

  isMet(bytes: Uint8Array): boolean {
    const text = new TextDecoder().decode(bytes);
    return typeof this.#pattern === "string"
      ? text.includes(this.#pattern)
      : this.#pattern.test(text);
  }

  complaint(bytes: Uint8Array): string {
    const expected = typeof this.#pattern === "string"
      ? excerpt(this.#pattern)
      : String(this.#pattern);
    return `Expected an answer with ${expected}, got ${
      excerpt(new TextDecoder().decode(bytes))
    }`;
  }
}

/** A connection that may be closed from two sides. */
class Connection implements Disposable {
  #open = true;

  constructor(readonly conn: Deno.TcpConn) {}

  shut(): void {
    if (!this.#open) return;
    this.#open = false;
    this.conn.close();
  }

  [Symbol.dispose](): void {
    this.shut();
  }
}

async function connect(
  to: Endpoint,
  signal: AbortSignal,
): Promise<Connection> {
  const conn = await Deno.connect({ ...to, signal });
  const connection = new Connection(conn);
  if (signal.aborted) connection.shut();
  signal.throwIfAborted();
  return connection;
}

async function writeAll(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) {
    sent += await conn.write(bytes.subarray(sent));
  }
}
