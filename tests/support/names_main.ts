/**
 * Answers queries for names, serves at several addresses of the loopback, and
 * prints what probes say of them. It needs a network of its own, in which
 * 127.0.0.1 is the name server.
 *
 * @module
 */

import { createSocket } from "node:dgram";
import type { Outcome } from "../../src/core/types.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import { http } from "../../src/probes/http/http.ts";
import type { HttpOptions } from "../../src/probes/http/options.ts";
import { tcp, type TcpOptions } from "../../src/probes/tcp/tcp.ts";
import { pem } from "./servers.ts";

/** Both addresses of every name under `two.test`, and those of others. */
const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  "two.test": ["127.0.0.1", "127.0.0.9"],
  "four.test": ["127.0.0.1"],
  "many.test": ["127.0.0.2", "127.0.0.4", "127.0.0.5"],
  "both.test": ["127.0.0.1", "::1"],
};

const IPV6 = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

/** The answer to a query (RFC 1035, section 4). */
function answer(query: Uint8Array): Uint8Array {
  const labels: string[] = [];
  let at = 12;
  for (; query[at] !== 0; at += 1 + query[at]!) {
    labels.push(
      new TextDecoder().decode(query.subarray(at + 1, at + 1 + query[at]!)),
    );
  }
  const [end, type] = [at + 5, query[at + 2]];
  const all = ADDRESSES[labels.join(".")] ?? [];
  const records = all.flatMap((address) => {
    const isSix = address.includes(":");
    if ((type === 28) !== isSix || type !== 1 && type !== 28) return [];
    const data = isSix ? IPV6 : address.split(".").map(Number);
    return [[0xc0, 12, 0, type, 0, 1, 0, 0, 0, 5, 0, data.length, ...data]];
  });
  const question = query.subarray(12, end);
  const head = [query[0]!, query[1]!, 0x81, 0x80, 0, 1, 0, records.length];
  return Uint8Array.from([...head, 0, 0, 0, 0, ...question, ...records.flat()]);
}

const names = createSocket("udp4");
await new Promise<void>((resolve) => names.bind(53, "127.0.0.1", resolve));
names.on("message", (query: Uint8Array, { port, address }) => {
  names.send(answer(query), port, address);
});

/** Serves "ok", or a redirect if there is one. */
function serve(hostname: string, port: number, to?: string, tls = false): void {
  Deno.serve(
    {
      hostname,
      port,
      onListen() {},
      ...(tls && { cert: pem.cert, key: pem.key }),
    },
    () => to === undefined ? new Response("ok") : Response.redirect(to),
  );
}

/** Lets nobody connect: what comes is dropped, as the queue is full. */
async function drop(hostname: string, port: number): Promise<void> {
  Deno.listen({ hostname, port, tcpBacklog: 1 });
  try {
    while (true) {
      const signal = AbortSignal.timeout(1000);
      await Deno.connect({ hostname, port, signal });
    }
  } catch {
    // It is full.
  }
}

await drop("127.0.0.1", 8001);
serve("127.0.0.9", 8001);
await drop("127.0.0.9", 8002);
serve("127.0.0.1", 8002);
serve("127.0.0.1", 8003);
serve("127.0.0.1", 8004);
serve("127.0.0.9", 8004);
await drop("127.0.0.1", 8005);
await drop("127.0.0.4", 8008);
serve("127.0.0.5", 8008);
serve("127.0.0.1", 80, "https://lifesign.test/");
serve("127.0.0.1", 443, undefined, true);
serve("127.0.0.1", 8006, "http://lifesign.test:8007/");
serve("127.0.0.1", 8007);

const { ca } = pem;
const here = { address: "127.0.0.1", redirect: "follow", ca } as const;
const CASES: Readonly<Record<string, [string, HttpOptions?]>> = {
  "the first drops": ["http://two.test:8001/"],
  "the second drops": ["http://two.test:8002/"],
  "the first drops, IPv4": ["http://two.test:8001/", { family: 4 }],
  "the second drops, IPv4": ["http://two.test:8002/", { family: 4 }],
  "the first drops, with a Host header": [
    "http://two.test:8001/",
    { headers: { host: "x" } },
  ],
  "only IPv4 serves": ["http://both.test:8003/"],
  "only IPv4 serves, IPv4": ["http://both.test:8003/", { family: 4 }],
  "only IPv4 serves, IPv6": ["http://both.test:8003/", { family: 6 }],
  "no IPv6": ["http://four.test:8003/", { family: 6 }],
  "all serve": ["http://two.test:8004/", { addresses: "all" }],
  "one of all refuses": ["http://two.test:8003/", { addresses: "all" }],
  "one of all drops": ["http://two.test:8001/", { addresses: "all" }],
  "all of one": ["http://four.test:8003/", { addresses: "all" }],
  "nobody": ["http://none.test/", { addresses: "all" }],
  "nobody, IPv4": ["http://none.test/", { family: 4 }],
  "some refuse, IPv4": ["http://many.test:8008/", { family: 4 }],
  "some of all refuse": ["http://many.test:8008/", { addresses: "all" }],
  "the only one drops": ["http://four.test:8005/"],
  "a redirect to TLS": ["http://lifesign.test/", here],
  "a redirect to another port": ["http://lifesign.test:8006/", here],
};

const TCP: Readonly<Record<string, TcpOptions>> = {
  "tcp, all": { host: "two.test", port: 8004, addresses: "all" },
  "tcp, one of all": { host: "two.test", port: 8003, addresses: "all" },
  "tcp, any": { host: "two.test", port: 8001 },
  "tcp, IPv6": { host: "four.test", port: 8003, family: 6 },
};

const report: Record<string, Outcome> = {};
await using fleet = new Fleet({ background: false });
const probes = [
  ...Object.entries(CASES).map(([name, [url, options]]) =>
    [name, http(url, options)] as const
  ),
  ...Object.entries(TCP).map(([name, options]) =>
    [name, tcp(options)] as const
  ),
];
for (const [name, probe] of probes) {
  fleet.add(probe, { id: name, timeout: "3s" });
  const { verdict, reason, detail } = await fleet.attempt(name);
  report[name] = {
    verdict: verdict!,
    ...(reason !== null && { reason }),
    ...(detail !== null && { detail }),
  };
}
console.log(JSON.stringify(report));
Deno.exit();
