import { assert, assertEquals } from "@std/assert";
import { Hono } from "hono";
import { Fleet, pass, probe } from "../../../mod.ts";
import { MAX_OUTPUT } from "../../../src/core/types.ts";
import type { CheckRecord } from "../../../src/fleet/record.ts";
import { heartbeat } from "../../../src/probes/mod.ts";
import { createApp } from "../../../src/server/mod.ts";

const TOKEN = "app-t0ken";
const OWN = "0wn-token";

/** A fleet with a heartbeat, one that has a token, and something else. */
function fleetOfJobs(): Fleet {
  const fleet = new Fleet({ background: false });
  fleet.add(heartbeat({ every: "1h" }), { id: "job" });
  fleet.add(heartbeat({ every: "1h", token: OWN }), { id: "own" });
  fleet.add(heartbeat({ every: "1h" }), { id: "a/b ü?%" });
  fleet.add(probe(() => pass()), { id: "web" });
  return fleet;
}

/** What a heartbeat remembers. */
function memoryOf(fleet: Fleet, id = "job"): Record<string, unknown> {
  const { memory = {} } = fleet.record(id) ?? {} as Partial<CheckRecord>;
  return memory as Record<string, unknown>;
}

for (
  const [path, status, verdict] of [
    ["job", 200, "pass"],
    ["job/0", 200, "pass"],
    ["job/fail", 200, "fail"],
    ["job/1", 200, "fail"],
    ["job/255", 200, "fail"],
    ["job/start", 200, null],
    ["job/log", 200, null],
    ["job?rid=5f0b&x=y", 200, "pass"],
    [`job?rid=${"x".repeat(101)}`, 400, null],
    ["job/256", 400, null],
    ["job/99999999999999999999", 400, null],
    ["job/-1", 404, null],
    ["job/success", 404, null],
    ["job/START", 404, null],
    ["job/fail/again", 404, null],
    ["", 404, null],
    ["nobody", 404, null],
    ["web", 404, null],
    ["web/fail", 404, null],
  ] as const
) {
  for (const method of ["GET", "HEAD", "POST"]) {
    Deno.test(`${method} /ping/${path} answers ${status}`, async () => {
      await using fleet = fleetOfJobs();
      const app = createApp(fleet);
      const response = await app.request(`/ping/${path}`, {
        method,
        ...(method === "POST" && { body: "some output" }),
      });
      assertEquals(response.status, status);
      assertEquals(fleet.get("job")!.verdict, verdict);
      const text = await response.text();
      if (status !== 200) {
        if (method !== "HEAD") assert("error" in JSON.parse(text), text);
        return;
      }
      assertEquals(text, method === "HEAD" ? "" : "OK\n");
      assertEquals(response.headers.get("ping-body-limit"), `${MAX_OUTPUT}`);
      const output = method === "POST" ? "some output" : null;
      assertEquals(memoryOf(fleet).output ?? null, output);
    });
  }
}

Deno.test("PUT /ping/job answers 405, and what is allowed", async () => {
  await using fleet = fleetOfJobs();
  const response = await createApp(fleet).request("/ping/job", {
    method: "PUT",
  });
  assertEquals(response.status, 405);
  assertEquals(response.headers.get("allow"), "GET, HEAD, POST");
  assertEquals(await response.json(), {
    error: "Expected GET, HEAD, or POST, got PUT",
  });
});

Deno.test("/ping/ID takes any id, percent-encoded, wherever the app is mounted", async () => {
  await using fleet = fleetOfJobs();
  const app = new Hono().route("/status", createApp(fleet));
  const path = `/status/ping/${encodeURIComponent("a/b ü?%")}`;
  assertEquals((await app.request(path)).status, 200);
  assertEquals(fleet.get("a/b ü?%")?.status, "healthy");
  assertEquals((await app.request(`${path}/7`)).status, 200);
  assertEquals(fleet.get("a/b ü?%")?.reason?.code, "exit");
});

Deno.test("a ping with a rid ends the run of that rid", async () => {
  await using fleet = fleetOfJobs();
  const app = createApp(fleet);
  await app.request("/ping/job/start?rid=a");
  await app.request("/ping/job/start?rid=b");
  await app.request("/ping/job?rid=a");
  assert(fleet.get("job")!.durationMs !== null);
  const runs = memoryOf(fleet).runs as { id: string }[];
  assertEquals(runs.map(({ id }) => id), ["b"]);
});

const basic = (password: string) => `Basic ${btoa(`me:${password}`)}`;

/** Headers and queries, and what they open in an app with a token. */
const KEYS: readonly (readonly [string, string, "all" | "own" | "none"])[] = [
  [`Bearer ${TOKEN}`, "", "all"],
  [`bearer ${TOKEN}`, "", "all"],
  [basic(TOKEN), "", "all"],
  ["", `?token=${TOKEN}`, "all"],
  [`Bearer ${OWN}`, "", "own"],
  [basic(OWN), "", "own"],
  ["", `?token=${OWN}`, "own"],
  ["", "", "none"],
  ["Bearer", "", "none"],
  ["Bearer ", "", "none"],
  [`Bearer ${TOKEN}x`, "", "none"],
  [`Bearer ${TOKEN.slice(1)}`, "", "none"],
  [`Token ${TOKEN}`, "", "none"],
  [basic("x"), "", "none"],
  ["Basic !", "", "none"],
  ["", "?token=", "none"],
  ["", "?token=x", "none"],
  ["Bearer x", `?token=${TOKEN}`, "none"],
];

for (const [authorization, query, opens] of KEYS) {
  Deno.test(`a ping with ${authorization || "no header"} and ${query || "no query"} may ping ${opens}`, async () => {
    await using fleet = fleetOfJobs();
    const app = createApp(fleet, { token: TOKEN });
    const init = { headers: authorization === "" ? {} : { authorization } };
    const ask = async (path: string) => {
      const response = await app.request(`/ping/${path}${query}`, init);
      const headers = [...response.headers].filter(([name]) =>
        // It has a nonce.
        name !== "content-security-policy"
      );
      const { status } = response;
      return { status, headers, body: await response.text() };
    };
    const own = await ask("own");
    const job = await ask("job");
    const nobody = await ask("nobody");
    assertEquals(own.status, opens === "none" ? 401 : 200);
    assertEquals(job.status, opens === "all" ? 200 : 401);
    assertEquals(nobody.status, opens === "all" ? 404 : 401);
    // What is refused is refused in the same way, whatever there is.
    if (opens !== "all") {
      assertEquals(job, nobody);
      assertEquals(await ask("web"), nobody);
      assertEquals(await ask("nobody/256"), nobody);
      assertEquals(await ask("job/what"), nobody);
    }
    assertEquals(fleet.get("job")!.verdict, opens === "all" ? "pass" : null);
    // It opens nothing else.
    const { status } = await app.request(`/checks/own${query}`, init);
    assertEquals(status === 200, opens === "all" && authorization !== "");
  });
}

Deno.test("a check may have a token where the app has none", async () => {
  await using fleet = fleetOfJobs();
  const app = createApp(fleet);
  assertEquals((await app.request("/ping/own")).status, 401);
  assertEquals((await app.request("/ping/own?token=x")).status, 401);
  assertEquals(fleet.get("own")!.verdict, null);
  assertEquals((await app.request(`/ping/own?token=${OWN}`)).status, 200);
  assertEquals((await app.request("/ping/job?token=x")).status, 200);
});

Deno.test("the first bytes of a body are kept as text, whatever they are", async () => {
  await using fleet = fleetOfJobs();
  const app = createApp(fleet);
  const post = (body: BodyInit) =>
    app.request("/ping/job", { method: "POST", body });
  await post("a\u0000b\tc\r\nd\u001b[1me\u202e");
  assertEquals(memoryOf(fleet).output, "ab\tc\nde");
  await post("ü".repeat(MAX_OUTPUT));
  assertEquals(memoryOf(fleet).output, "ü".repeat(MAX_OUTPUT / 2));
  await post(new Uint8Array([0x61, 0xff, 0xc3]));
  assertEquals(memoryOf(fleet).output, "a\ufffd\ufffd");
  await post(new Uint8Array(10_000_000).fill(0x61));
  assertEquals((memoryOf(fleet).output as string).length, MAX_OUTPUT);
});

Deno.test("a ping whose body breaks counts", async () => {
  await using fleet = fleetOfJobs();
  const body = new ReadableStream({
    pull: (controller) => controller.error(new Error("gone")),
  });
  const response = await createApp(fleet).request("/ping/job/3", {
    method: "POST",
    body,
  });
  assertEquals(response.status, 200);
  assertEquals(fleet.get("job")!.reason?.code, "exit");
});

Deno.test("a fleet on demand takes pings, and tries nothing for them", async () => {
  let attempts = 0;
  await using fleet = new Fleet({ background: false });
  fleet.add(probe(() => (attempts++, pass())), { id: "web" });
  fleet.add(heartbeat({ every: "1h" }), { id: "job" });
  const app = createApp(fleet, { onDemand: "10s" });
  assertEquals((await app.request("/ping/job")).status, 200);
  assertEquals(attempts, 0);
  const response = await app.request("/checks/job");
  assertEquals((await response.json()).status, "healthy");
  assertEquals(attempts, 1);
});

Deno.test("a ping to a fleet that has ended is not taken", async () => {
  const fleet = fleetOfJobs();
  const app = createApp(fleet);
  await fleet.close();
  assertEquals((await app.request("/ping/job")).status, 404);
});
