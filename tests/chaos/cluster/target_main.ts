// The targets of a cluster's checks, in a process of its own: answers
// `/CHECK` with 200, or with 503 if it is down, and notes every request.
// `/log?from=N` gives what it has noted since, as `[check, time, …]`, and
// `/down` takes the list of those that are down. Prints its port, and serves
// until its stdin ends.

const log: (string | number)[] = [];
let down: ReadonlySet<string> = new Set();

const server = Deno.serve(
  { hostname: Deno.args[0]!, port: 0, onListen() {} },
  async (request) => {
    const path = request.url.slice(request.url.indexOf("/", 8) + 1);
    if (path === "down") {
      down = new Set(await request.json());
      return new Response();
    }
    if (path.startsWith("log?")) {
      return Response.json(log.slice(Number(path.split("=")[1])));
    }
    log.push(path, Date.now());
    return new Response("", { status: down.has(path) ? 503 : 200 });
  },
);
console.log(server.addr.port);
for await (const _ of Deno.stdin.readable) { /* until its end */ }
await server.shutdown();
