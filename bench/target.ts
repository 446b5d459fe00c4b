// A healthy target in a process of its own: prints its ports, of HTTP and of
// HTTPS, and serves until its stdin ends. All of 127.0.0.0/8 is here, so clients
// do not run out of ports.

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

for await (const _ of Deno.stdin.readable) { /* until its end */ }
await Promise.all([plain.shutdown(), secure.shutdown()]);
