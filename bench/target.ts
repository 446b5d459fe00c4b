// A healthy target in a process of its own: prints its ports, of HTTP and of
// HTTPS, and serves until its stdin ends. At the port of HTTP, it is also a name
// server: each name has the address 10.0.0.7. All of 127.0.0.0/8 is here, so clients
// do not run out of ports.

import { createSocket } from "node:dgram";

const [cert, key] = Deno.args;
const ports = Promise.withResolvers<number>();
const plain = Deno.serve({
  hostname: "0.0.0.0",
  port: 0,
  onListen: ({ port }) => ports.resolve(port),
}, () => new Response("ok"));
const port = await ports.promise;
const secure = Deno.serve({
  hostname: "0.0.0.0",
  port: 0,
  onListen: (at) => console.log(`${port} ${at.port}`),
  cert: Deno.readTextFileSync(cert!),
  key: Deno.readTextFileSync(key!),
}, () => new Response("ok"));

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

for await (const _ of Deno.stdin.readable) { /* until its end */ }
names.close();
await Promise.all([plain.shutdown(), secure.shutdown()]);
