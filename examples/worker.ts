// For the edge, where nothing runs between requests. It needs the Web Platform
// alone, and is the same in Deno, Bun, Node and workerd (Cloudflare Workers).
//
//   deno serve --host=127.0.0.1 --allow-net examples/worker.ts
//
// A request first tries every check whose last result is older than five seconds,
// and a scheduled event tries all of them.

import { type CheckRecord, Fleet, http, type Probe } from "@lifesign/lifesign";
import { createApp } from "@lifesign/lifesign/server";

const CHECKS: Readonly<Record<string, Probe>> = {
  agent: http("http://127.0.0.1:8686/livez"),
  web: http("http://127.0.0.1:3000/health"),
};

/** Keeps strings. A namespace of Workers KV is one. */
interface Store {
  get(key: string): Promise<string | null>;
  put(key: string, value: string): Promise<void>;
}

/** What the platform passes to each call. */
interface Env {
  /** Where records are kept. Without it, they last as long as this process. */
  readonly RECORDS?: Store;
}

const memory = new Map<string, string>();
const IN_MEMORY: Store = {
  get: (key) => Promise.resolve(memory.get(key) ?? null),
  put: (key, value) => Promise.resolve(void memory.set(key, value)),
};

/**
 * Uses a fleet that goes on where the last one was. Each call has its own: in
 * workerd, a request cannot wait for what another one has begun.
 */
async function withFleet<T>(
  { RECORDS: store = IN_MEMORY }: Env,
  use: (fleet: Fleet) => Promise<T>,
): Promise<T> {
  const saved = await store.get("records") ?? "{}";
  const records: Record<string, CheckRecord> = JSON.parse(saved);
  // Workers have six connections at a time.
  const fleet = new Fleet({ background: false, concurrency: 6 });
  for (const [id, probe] of Object.entries(CHECKS)) {
    // One failure is enough, because the next attempt may be days away.
    const policy = { timeout: "2s", retries: 1 } as const;
    fleet.add(probe, { id, ...policy, record: records[id] });
  }
  const result = await use(fleet);
  const now = JSON.stringify(
    Object.fromEntries(fleet.ids().map((id) => [id, fleet.record(id)])),
  );
  if (now !== saved) await store.put("records", now);
  return result;
}

const worker: {
  fetch(request: Request, env?: Env): Promise<Response>;
  scheduled(event: unknown, env?: Env): Promise<void>;
} = {
  fetch: (request, env = {}) =>
    withFleet(env, async (fleet) => {
      const app = createApp(fleet, { title: "Edge", onDemand: "5s" });
      return await app.fetch(request);
    }),
  scheduled: (_event, env = {}) =>
    withFleet(env, async (fleet) => void await fleet.attemptAll()),
};

export default worker;
