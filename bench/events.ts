// What clients of /events cost: so many that read, so many that do not.
//
//   deno task bench:events --clients 1000 --sleepers 200 --checks 100 --seconds 20

import { parseArgs } from "node:util";
import { configFlags } from "./processes.ts";

const { values } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    clients: { type: "string", default: "1000" },
    sleepers: { type: "string", default: "200" },
    checks: { type: "string", default: "100" },
    seconds: { type: "string", default: "20" },
    json: { type: "boolean", default: false },
  },
});
const clients = Number(values.clients);
const sleepers = Number(values.sleepers);
const checks = Number(values.checks);
const seconds = Number(values.seconds);

const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/** What is asked, in a process of its own: prints its port, then what it costs. */
async function serve(): Promise<void> {
  const { Fleet, probe } = await import("@lifesign/lifesign");
  const { createApp } = await import("@lifesign/lifesign/server");
  const process = (await import("node:process")).default;
  const fleet = new Fleet();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => console.log(JSON.stringify({ port })),
  }, createApp(fleet).fetch);
  for (let i = 0; i < checks; i++) {
    fleet.add(probe(() => Promise.resolve({ verdict: "pass" })), {
      id: `check-${i}`,
      interval: "1s",
    });
  }
  for await (const _ of Deno.stdin.readable) {
    const { user, system } = process.cpuUsage();
    console.log(JSON.stringify({
      cpuMs: (user + system) / 1000,
      rssMb: Deno.memoryUsage().rss / 1e6,
      attempts: fleet.stats().attempts.pass,
    }));
  }
  await fleet.close();
  await server.shutdown();
}

interface Cost {
  readonly cpuMs: number;
  readonly rssMb: number;
  readonly attempts: number;
}

async function measure(): Promise<void> {
  const flags = await configFlags();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      ...flags,
      "--allow-net",
      "--allow-env",
      import.meta.url,
      ...Deno.args,
      "serve",
    ],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const asking = child.stdin.getWriter();
  const next = async (): Promise<Cost & { port: number }> =>
    JSON.parse((await lines.read()).value!);
  const cost = async (): Promise<Cost> => {
    await asking.write(new TextEncoder().encode("\n"));
    return await next();
  };

  const { port } = await next();
  await sleep(3000);
  const before = await cost();
  await sleep(seconds * 1000);
  const alone = await cost();

  let events = 0;
  let connected = 0;
  const end = new AbortController();
  const decoder = new TextDecoder();
  for (let i = 0; i < clients; i++) {
    void (async () => {
      const response = await fetch(`http://127.0.0.1:${port}/events`, {
        signal: end.signal,
      });
      connected++;
      for await (const piece of response.body!) {
        events += decoder.decode(piece).split("\nid: ").length - 1;
      }
    })().catch(() => {});
  }
  const deaf: Deno.Conn[] = [];
  for (let i = 0; i < sleepers; i++) {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    await conn.write(
      new TextEncoder().encode("GET /events HTTP/1.1\r\nhost: a\r\n\r\n"),
    );
    deaf.push(conn);
  }
  const startedAt = performance.now();
  while (connected < clients) await sleep(10);
  const connectMs = performance.now() - startedAt;
  await sleep(3000);
  events = 0;
  const start = await cost();
  await sleep(seconds * 1000);
  const stop = await cost();
  const told = events;

  end.abort();
  for (const conn of deaf) conn.close();
  await sleep(2000);
  const after = await cost();
  await asking.close();
  await lines.cancel();
  await child.status;

  const figures = {
    "clients connected": connected,
    "all connected after, ms": Math.round(connectMs),
    "events a second, all clients": Math.round(told / seconds),
    "of those that could be": Number(
      (told / (clients * (stop.attempts - start.attempts))).toFixed(3),
    ),
    "CPU without clients, %": Number(
      ((alone.cpuMs - before.cpuMs) / seconds / 10).toFixed(1),
    ),
    "CPU with them, %": Number(
      ((stop.cpuMs - start.cpuMs) / seconds / 10).toFixed(1),
    ),
    "RSS without clients, MB": Math.round(alone.rssMb),
    "RSS with them, MB": Math.round(start.rssMb),
    "RSS at the end, MB": Math.round(stop.rssMb),
    "RSS once they are gone, MB": Math.round(after.rssMb),
  };
  if (values.json) console.log(JSON.stringify(figures, null, 2));
  else console.table(figures);
}

if (Deno.args.includes("serve")) await serve();
else await measure();
