// For the edge, where nothing runs between requests: a request first tries every
// check whose last result is older than five seconds.
//
//   deno serve --host=127.0.0.1 --allow-net examples/worker.ts

import type { Hono } from "hono";
import { Fleet, http } from "@lifesign/lifesign";
import { createApp } from "@lifesign/lifesign/server";

const fleet = new Fleet({ background: false });
for (
  const [id, url] of Object.entries({
    agent: "http://127.0.0.1:8686/livez",
    web: "http://127.0.0.1:3000/health",
  })
) {
  // One failure is enough, because the next attempt may be days away.
  fleet.add(http(url), { id, timeout: "2s", retries: 1 });
}

const app: Hono = createApp(fleet, { title: "Edge", onDemand: "5s" });

export default app;
