// A healthy target in a process of its own: prints its ports as JSON, and serves
// until its stdin ends. At the port of HTTP, it is also a name server: each name
// has the address 10.0.0.7. All of 127.0.0.0/8 is here, so clients do not run out
// of ports.

import { createSocket } from "node:dgram";
import { encodeFrames, FLAG, TYPE } from "../src/probes/grpc/http2/frames.ts";
import { encodeFields } from "../src/probes/grpc/http2/hpack.ts";
import type { Ports } from "./task.ts";

const at = { hostname: "0.0.0.0", port: 0 };
const [cert, key] = Deno.args.map((path) => Deno.readTextFileSync(path));
const tls = { cert: cert!, key: key! };

function answer(): Response {
  return new Response("ok");
}

const onListen = (): void => {};
const plain = Deno.serve({ ...at, onListen }, answer);
const secure = Deno.serve({ ...at, ...tls, onListen }, answer);
const { port } = plain.addr;

const decoder = new TextDecoder("latin1");
const { settings, headers, data } = TYPE;
const head = encodeFields([
  [":status", "200"],
  ["content-type", "application/grpc"],
]);
const status = encodeFields([["grpc-status", "0"]]);
/** That the service is well. */
const SERVING = encodeFrames(new Uint8Array(), [
  { type: settings, flags: 0, stream: 0, payload: [] },
  { type: headers, flags: FLAG.endHeaders, stream: 1, payload: head },
  { type: data, flags: 0, stream: 1, payload: [0, 0, 0, 0, 2, 8, 1] },
  {
    type: headers,
    flags: FLAG.endHeaders | FLAG.endStream,
    stream: 1,
    payload: status,
  },
]);
/** What the last frame of a request has: its type, flags and stream. */
const END = "\0\x01\0\0\0\x01";

/** Answers the call of each connection. */
async function serveCalls(listener: Deno.Listener): Promise<void> {
  for await (const conn of listener) void serveCall(conn);
}

async function serveCall(conn: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(4096);
  let request = "";
  try {
    while (true) {
      const length = await conn.read(buffer);
      if (length === null) break;
      if (request.includes(END)) continue;
      request += decoder.decode(buffer.subarray(0, length));
      if (request.includes(END)) await conn.write(SERVING);
    }
  } catch {
    // The client is gone.
  }
  conn.close();
}

const grpc = Deno.listen(at);
const grpcs = Deno.listenTls({ ...at, ...tls, alpnProtocols: ["h2"] });
void serveCalls(grpc);
void serveCalls(grpcs);
const ports: Ports = {
  http: port,
  https: secure.addr.port,
  grpc: (grpc.addr as Deno.NetAddr).port,
  grpcs: (grpcs.addr as Deno.NetAddr).port,
};

const names = createSocket("udp4");
// The question again, and one record of its name, A, with a TTL of a minute.
const record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 7];
names.on("message", (query, { port, address }) => {
  const end = query.indexOf(0, 12) + 5;
  const head = [0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
  const answer = Uint8Array.from([
    ...query.subarray(0, 2),
    ...head,
    ...query.subarray(12, end),
    ...record,
  ]);
  names.send(answer, port, address);
});
names.bind(port, "127.0.0.1");

console.log(JSON.stringify(ports));
for await (const _ of Deno.stdin.readable) { /* until its end */ }
names.close();
grpc.close();
grpcs.close();
await Promise.all([plain.shutdown(), secure.shutdown()]);
