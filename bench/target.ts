// A healthy target in a process of its own: prints its port, serves until its
// stdin ends. All of 127.0.0.0/8 is here, so clients do not run out of ports.

const server = Deno.serve({
  hostname: "0.0.0.0",
  port: 0,
  onListen: ({ port }) => console.log(port),
}, () => new Response("ok"));

for await (const _ of Deno.stdin.readable) { /* until its end */ }
await server.shutdown();
