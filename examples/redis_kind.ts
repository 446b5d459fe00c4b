// A plugin with a kind of checks: Redis, by PING. plugin.yaml uses it.
//
// Elsewhere, import from "jsr:@lifesign/lifesign".

import {
  enterStage,
  fail,
  type Outcome,
  pass,
  probe,
} from "@lifesign/lifesign";
import type { Kind, Kinds } from "@lifesign/lifesign/config";

interface RedisOptions {
  host?: string;
  port?: number;
  password?: string;
}

const redis: Kind<RedisOptions> = {
  schema: {
    properties: {
      host: { title: "a host", type: "string", default: "127.0.0.1" },
      port: { title: "a port", type: "integer", default: 6379 },
      password: { title: "a password", type: "string", writeOnly: true },
    },
  },
  make({ host: hostname = "127.0.0.1", port = 6379, password }) {
    const host = `${hostname}:${port}`;
    return probe(async (signal) => {
      enterStage(signal, "connecting");
      const conn = await Deno.connect({ hostname, port, signal });
      // A read takes no signal, but ends when its connection is closed.
      const close = (): void => conn.close();
      signal.addEventListener("abort", close);
      try {
        enterStage(signal, "waiting for an answer");
        return await ping(conn, password);
      } finally {
        signal.removeEventListener("abort", close);
        if (!signal.aborted) conn.close();
      }
    }, {
      type: "redis",
      target: host,
      permissions: [{ name: "net", host }],
      secrets: password === undefined ? [] : [password],
      metrics: [{
        name: "probe_redis_ping_seconds",
        help: "How long Redis took to answer PING.",
        key: "pingMs",
        value: (ms) => Number(ms) / 1000,
      }],
    });
  },
};

const kinds: Kinds = { redis };
export default kinds;

async function ping(
  conn: Deno.Conn,
  password: string | undefined,
): Promise<Outcome> {
  if (password !== undefined) {
    const answer = await ask(conn, "AUTH", password);
    if (answer !== "+OK") return unexpected("+OK", answer);
  }
  const startedAt = performance.now();
  const answer = await ask(conn, "PING");
  const pingMs = Math.round(performance.now() - startedAt);
  return answer === "+PONG" ? pass({ pingMs }) : unexpected("+PONG", answer);
}

function unexpected(expected: string, got: string): Outcome {
  // What Redis refuses begins with a word such as NOAUTH or WRONGPASS.
  const code = /^-(?:NOAUTH|WRONGPASS|NOPERM)/.test(got) ? "auth" : "mismatch";
  return fail({ code, message: `Expected ${expected}, got ${got}` });
}

/** Sends a command, and reads the line that answers it. */
async function ask(conn: Deno.Conn, ...words: string[]): Promise<string> {
  const bytes = words.map((word) => new TextEncoder().encode(word).length);
  const command = words.map((word, i) => `$${bytes[i]}\r\n${word}\r\n`);
  const writer = conn.writable.getWriter();
  await writer.write(
    new TextEncoder().encode(`*${words.length}\r\n${command.join("")}`),
  );
  writer.releaseLock();
  const buffer = new Uint8Array(1024);
  let line = "";
  while (!line.includes("\r\n") && line.length < 1024) {
    const count = await conn.read(buffer);
    if (count === null) break;
    line += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return line.split("\r\n")[0]!;
}
