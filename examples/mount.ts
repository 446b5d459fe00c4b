// Mounts the HTTP app of a fleet at /status of another app:
//
//   deno serve --host=127.0.0.1 --allow-net examples/mount.ts

import { Hono } from "hono";
import { Fleet, http, tcp } from "@lifesign/lifesign";
import { createApp } from "@lifesign/lifesign/server";

const fleet = new Fleet();
fleet.add(tcp({ port: 5432 }), { id: "postgres", group: "data" });
fleet.add(http("http://127.0.0.1:3000/health"), { id: "web" });

const app: Hono = new Hono();
app.get("/", (c) => c.text("Hello from your own app\n"));
app.route("/status", createApp(fleet, { title: "Our services" }));

// Otherwise the fleet keeps the process running.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => void fleet.close());
}

export default app;
