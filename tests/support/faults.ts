/**
 * A target that can be at fault in every way there is, for probes that ask it
 * by TCP or HTTP.
 *
 * @module
 */

import { createServer, type Socket } from "node:net";
import type { Probe, ReasonCode } from "../../src/core/types.ts";
import { http } from "../../src/probes/http/http.ts";
import { tcp } from "../../src/probes/tcp/tcp.ts";

/** The ways in which a target may behave. */
export type Behaviour =
  | "ok"
  | "okThenReset"
  | "hang"
  | "halfClose"
  | "halfCloseInBody"
  | "reset"
  | "resetInBody"
  | "garbage"
  | "garbageForEver"
  | "trickleHead"
  | "trickleBody"
  | "late";

/** The reason that an attempt has to give; `null` is that it passes. */
export type Expected = ReasonCode | null;

/** What a target does once it has read a request's head, or one of TLS. */
interface Behaving {
  readonly with: (socket: Socket) => void;
  readonly tcp: Expected;
  readonly http: Expected;
}

const HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n";
const ANSWER = `${HEAD}all is well`;
const TOO_LITTLE = ANSWER.slice(0, -4);

const BEHAVIOURS: Readonly<Record<Behaviour, Behaving>> = {
  ok: {
    with: (socket) => socket.write(ANSWER),
    tcp: null,
    http: null,
  },
  okThenReset: {
    with: (socket) => socket.write(ANSWER, () => socket.resetAndDestroy()),
    tcp: null,
    http: null,
  },
  hang: { with() {}, tcp: "timeout", http: "timeout" },
  /** Will say nothing more, and stays. */
  halfClose: {
    with: (socket) => socket.end(),
    tcp: "reset",
    http: "reset",
  },
  halfCloseInBody: {
    with: (socket) => socket.end(TOO_LITTLE),
    tcp: "mismatch",
    http: "reset",
  },
  reset: {
    with: (socket) => socket.resetAndDestroy(),
    tcp: "reset",
    http: "reset",
  },
  resetInBody: {
    with: (socket) => socket.write(TOO_LITTLE, () => socket.resetAndDestroy()),
    tcp: "mismatch",
    http: "reset",
  },
  garbage: {
    with: (socket) => {
      socket.write(Uint8Array.of(0, 0xff, 0x1b, 13, 10, 13, 10));
      socket.destroySoon();
    },
    tcp: "mismatch",
    http: "protocol",
  },
  garbageForEver: {
    with: (socket) => again(socket, 0, "\0garbage".repeat(99)),
    tcp: "mismatch",
    http: "protocol",
  },
  trickleHead: {
    with: (socket) => {
      socket.write("HTTP/1.1 200 OK\r\nX-Slow: ");
      again(socket, 5, ".");
    },
    tcp: "mismatch",
    http: "timeout",
  },
  trickleBody: {
    with: (socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      again(socket, 5, ".");
    },
    tcp: "mismatch",
    http: "timeout",
  },
  /** Answers when nobody waits for it any longer. */
  late: {
    with: (socket) => socket.on("end", () => socket.write(ANSWER)),
    tcp: "timeout",
    http: "timeout",
  },
};

/** Every behaviour there is. */
export const ALL_BEHAVIOURS: readonly Behaviour[] = Object.keys(
  BEHAVIOURS,
) as Behaviour[];

/** A way to look at a target. */
export type Way = "tcp" | "http" | "address";

/** Every way there is. */
export const WAYS: readonly Way[] = ["tcp", "http", "address"];

/** What must come of an attempt. */
export function expectedOf(behaviour: Behaviour, way: Way): Expected {
  return BEHAVIOURS[behaviour][way === "tcp" ? "tcp" : "http"];
}

/** Whether an attempt at a target that behaves so goes on to its deadline. */
export function isEndless(behaviour: Behaviour): boolean {
  return BEHAVIOURS[behaviour].http === "timeout";
}

/**
 * Makes a probe that wants the answer of a target that behaves. A target that
 * behaves as it is asked to is asked for `path`.
 */
export function probeOf(way: Way, port: number, path = "ok"): Probe {
  const authority = `127.0.0.1:${port}`;
  const contains = "all is well";
  switch (way) {
    case "tcp":
      return tcp({
        port,
        send: `GET /${path} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`,
        expect: contains,
      });
    case "http":
      return http(`http://${authority}/${path}`, { contains });
    case "address":
      return http(`http://shop.invalid/${path}`, {
        address: authority,
        contains,
      });
    default:
      return way satisfies never;
  }
}

/** A server that behaves as the path of each request says. */
export function obedientServer(): Promise<FaultyServer> {
  return listen((head) => head.split(/[ /]+/)[1] as Behaviour);
}

/** A server that resets each connection once it has read of it. */
export function resettingServer(): Promise<FaultyServer> {
  return listen(() => "reset");
}

/** A server that resets each connection at once. */
export function hastyServer(): Promise<FaultyServer> {
  return listen("reset");
}

/** A target that behaves now this way, now another. */
export interface FlappingTarget extends AsyncDisposable {
  readonly port: number;
  /** Behaves so from now on, or refuses connections. */
  behave(behaviour: Behaviour | "refuse"): Promise<void>;
}

/** Makes a target that behaves well at first. */
export async function flappingTarget(): Promise<FlappingTarget> {
  let now: Behaviour = "ok";
  let server: FaultyServer | null = await listen(() => now);
  const { port } = server;
  async function refuse(): Promise<void> {
    await server?.[Symbol.asyncDispose]();
    server = null;
  }
  return {
    port,
    async behave(behaviour) {
      if (behaviour === "refuse") return await refuse();
      now = behaviour;
      server ??= await listen(() => now, port);
    },
    [Symbol.asyncDispose]: refuse,
  };
}

/** A server that listens. */
export interface FaultyServer extends AsyncDisposable {
  readonly port: number;
  /** Its host and port as they stand in a URL. */
  readonly authority: string;
}

async function listen(
  behaviourFor: Behaviour | ((head: string) => Behaviour),
  port = 0,
): Promise<FaultyServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // Whoever asked may be gone at any time, which is no fault of it.
    socket.on("error", () => {});
    socket.on("end", () => socket.end());
    if (typeof behaviourFor === "string") {
      return BEHAVIOURS[behaviourFor].with(socket);
    }
    let head = "";
    // A handshake of TLS begins with a record of type 22.
    const isRead = (): boolean =>
      head.endsWith("\r\n\r\n") || head.charCodeAt(0) === 22;
    socket.on("data", (bytes) => {
      if (isRead()) return;
      head += bytes;
      if (isRead()) BEHAVIOURS[behaviourFor(head)].with(socket);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address() as { port: number };
  return {
    port: address.port,
    authority: `127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Says something again and again until the other side has enough. */
function again(socket: Socket, everyMs: number, what: string): void {
  const timer = setInterval(() => {
    if (socket.writableNeedDrain) return;
    socket.write(what);
  }, everyMs);
  socket.on("close", () => clearInterval(timer));
}
