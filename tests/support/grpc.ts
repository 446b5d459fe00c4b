/**
 * Servers of gRPC: real ones, by grpc-js in Node (Deno's HTTP/2 server cannot
 * run it), and ones that send any frames of HTTP/2.
 *
 * @module
 */

import { encodeFrames } from "../../src/probes/grpc/http2/frames.ts";
import { encodeFields, type Field } from "../../src/probes/grpc/http2/hpack.ts";
import { testWith } from "./needs.ts";
import { ROOT, startProgram } from "./program.ts";
import { say, type Server, tcpServer } from "./servers.ts";

/** What a server is like. */
export interface GrpcServerOptions {
  /** As PEM. With a `ca`, it wants a certificate of the client. */
  readonly tls?: {
    readonly cert: string;
    readonly key: string;
    readonly ca?: string;
  };
  /** What it wants in the header `x-token`. */
  readonly token?: string;
  /** @default {true} */
  readonly hasHealth?: boolean;
}

/** A real server. */
export interface GrpcServer {
  readonly port: number;
  /** Sets the status of a service, such as `"NOT_SERVING"`. */
  set(service: string, status: string): Promise<void>;
}

/** A test with a real server. */
export function testWithGrpc(
  name: string,
  options: GrpcServerOptions,
  test: (server: GrpcServer) => Promise<void>,
): void {
  testWith({ program: "node", demand: "LIFESIGN_TEST_GRPC" }, {
    name,
    async fn() {
      await using program = startProgram(
        [
          "node",
          new URL("tests/support/grpc_server.cjs", ROOT).pathname,
          JSON.stringify({ hasHealth: true, ...options }),
        ],
        { NODE_PATH: await packages() },
      );
      const line = await program.line("stdout", /^ports /);
      const [, port, control] = line.split(" ");
      await test({
        port: Number(port),
        async set(service, status) {
          const query = new URLSearchParams({ service, status });
          const url = `http://127.0.0.1:${control}/?${query}`;
          await (await fetch(url, { headers: { connection: "close" } })).text();
        },
      });
    },
  });
}

let installing: Promise<string> | undefined;

/** Where the packages are that this project names, for Node. */
function packages(): Promise<string> {
  return installing ??= install();
}

async function install(): Promise<string> {
  const config = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", ROOT)),
  );
  const imports: Record<string, string> = Object.fromEntries(
    ["@grpc/grpc-js", "grpc-health-check"].map((name) => [
      name,
      config.imports[name],
    ]),
  );
  const versions = Object.values(imports).join().replaceAll(
    /[^\w.-]+/g,
    "_",
  );
  const folder = `/tmp/lifesign_grpc/${versions}`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(
    `${folder}/deno.json`,
    JSON.stringify({ nodeModulesDir: "auto", imports }),
  );
  await using program = startProgram(
    [Deno.execPath(), "install", "--quiet", "--no-lock"],
    {},
    folder,
  );
  const { code, stderr } = await program.ended;
  if (code !== 0) {
    throw new Error(`deno install exited with ${code}: ${stderr}`);
  }
  return `${folder}/node_modules`;
}

/** A frame. */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: readonly number[] | Uint8Array = [],
): Uint8Array {
  return encodeFrames(new Uint8Array(), [{ type, flags, stream, payload }]);
}

/** The first frame of a server. */
export const SETTINGS: Uint8Array = frame(4, 0, 0);

/** Headers on the stream of the request. */
export function headers(fields: readonly Field[], isEnd = false): Uint8Array {
  return frame(1, isEnd ? 5 : 4, 1, encodeFields(fields));
}

/** What most answers begin with. */
export const HEAD: Uint8Array = headers([
  [":status", "200"],
  ["content-type", "application/grpc"],
]);

/** A message on the stream of the request. */
export function data(message: readonly number[], isEnd = false): Uint8Array {
  const length = message.length;
  const prefix = [0, 0, 0, length >> 8, length & 255];
  return frame(0, isEnd ? 1 : 0, 1, [...prefix, ...message]);
}

/** That the service is `SERVING`. */
export const SERVING: Uint8Array = data([8, 1]);

/** The last headers, with a status. */
export function trailers(status: string, message?: string): Uint8Array {
  return headers(
    message === undefined
      ? [["grpc-status", status]]
      : [["grpc-status", status], ["grpc-message", message]],
    true,
  );
}

/** A server that reads the request, and sends bytes. */
export function framesServer(
  bytes: readonly (Uint8Array | string)[],
  then: (conn: Deno.TcpConn) => unknown = () => {},
): Server {
  return tcpServer(async (conn) => {
    await readRequest(conn);
    for (const each of bytes) await say(conn, each);
    await then(conn);
  });
}

/** Reads until a request is complete; returns its bytes as characters. */
export async function readRequest(conn: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(65536);
  let text = "";
  // The last frame has the message, and ends the stream.
  while (!text.includes("\0\x01\0\0\0\x01\0\0")) {
    const count = await conn.read(buffer);
    if (count === null) break;
    text += String.fromCharCode(...buffer.subarray(0, count));
  }
  return text;
}
