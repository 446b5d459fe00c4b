import { assertEquals } from "@std/assert";
import SwaggerParser from "@apidevtools/swagger-parser";
import type { Hono } from "hono";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { Fleet } from "../../../src/fleet/fleet.ts";
import { Incidents } from "../../../src/fleet/past/incidents.ts";
import { onceFrom } from "../../../src/io/calendar/window.ts";
import { type AppOptions, createApp } from "../../../src/server/mod.ts";
import { PASS, scripted } from "../../support/probes.ts";

const LOCAL = "http://127.0.0.1:8686/maintenance";

/** A fleet of three checks, with an app that may start maintenance of them. */
class Scene implements AsyncDisposable {
  readonly fleet = new Fleet({ background: false });
  readonly incidents = new Incidents(this.fleet, (error) => {
    throw error;
  });
  readonly app: Hono;

  constructor(options: AppOptions = { isLocal: true }) {
    for (const id of ["web", "api", "db"]) {
      const group = id === "db" ? {} : { group: "edge" };
      this.fleet.add(scripted([PASS]), { id, ...group });
    }
    const { maintenance } = this.incidents;
    this.app = createApp(this.fleet, { maintenance, ...options });
  }

  /** The checks that are in maintenance. */
  get covered(): string[] {
    return this.fleet.ids().filter((id) => this.incidents.isInMaintenance(id));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet.close();
  }
}

/** A request that starts maintenance. */
function post(body: unknown, headers: Record<string, string> = {}) {
  return {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  };
}

Deno.test("/maintenance starts, shows and stops maintenance by hand", async () => {
  await using scene = new Scene();
  const { app } = scene;
  const started = await app.request(
    LOCAL,
    post({ checks: ["db", "db"], for: "30m", reason: "New\ndisks" }),
  );
  assertEquals(started.status, 200);
  const { active, planned } = await started.json();
  const [{ from, to, ...rest }] = active;
  assertEquals(rest, { check: "db", reason: "New disks", by: "hand" });
  assertEquals(Date.parse(to) - Date.parse(from), 30 * 60_000);
  assertEquals(planned, []);
  assertEquals(scene.covered, ["db"]);

  await app.request(LOCAL, post({ groups: ["edge"], for: "1h" }));
  assertEquals(scene.covered, ["web", "api", "db"]);
  const shown = await (await app.request(LOCAL)).json();
  assertEquals(
    shown.active.map(({ check }: { check: string }) => check),
    ["web", "api", "db"],
  );

  const stopped = await app.request(`${LOCAL}?check=db&group=edge`, {
    method: "DELETE",
  });
  assertEquals([stopped.status, await stopped.json()], [
    200,
    { active: [], planned: [] },
  ]);
  assertEquals(scene.covered, []);

  await app.request(LOCAL, post({ all: true, for: "1h" }));
  assertEquals(scene.covered.length, 3);
  await app.request(`${LOCAL}?all`, { method: "DELETE" });
  assertEquals(scene.covered, []);
});

for (
  const [body, status, error] of [
    [
      "",
      400,
      'Expected a JSON object such as { "checks": ["web"], "for": "30m" }',
    ],
    [
      "[]",
      400,
      'Expected a JSON object such as { "checks": ["web"], "for": "30m" }',
    ],
    [{ for: "1h" }, 400, "Expected checks, groups or all, got none of them"],
    [
      { checks: [], all: false, for: "1h" },
      400,
      "Expected checks, groups or all, got none of them",
    ],
    [{ check: "web", for: "1h" }, 400, 'Expected no key "check"'],
    [
      { checks: "web", for: "1h" },
      400,
      'Expected a list of strings for checks, got "web"',
    ],
    [
      { groups: [1], for: "1h" },
      400,
      "Expected a list of strings for groups, got [1]",
    ],
    [{ all: 1, for: "1h" }, 400, "Expected true or false for all, got 1"],
    [
      { all: true, for: "1h", reason: 1 },
      400,
      "Expected a string for reason, got 1",
    ],
    [
      { all: true },
      400,
      'Expected a duration above 0 and of at most 366d for "for", such as "30m", got nothing',
    ],
    [
      { all: true, for: 30 },
      400,
      'Expected a duration above 0 and of at most 366d for "for", such as "30m", got 30',
    ],
    [
      { all: true, for: "0s" },
      400,
      'Expected a duration above 0 and of at most 366d for "for", such as "30m", got "0s"',
    ],
    [
      { all: true, for: "soon" },
      400,
      'Expected a duration above 0 and of at most 366d for "for", such as "30m", got "soon"',
    ],
    [
      { all: true, for: "367d" },
      400,
      'Expected a duration above 0 and of at most 366d for "for", such as "30m", got "367d"',
    ],
    [{ checks: ["web", "x"], for: "1h" }, 404, 'There is no check named "x"'],
    [{ groups: ["x"], for: "1h" }, 404, 'There is no group named "x"'],
    [
      `{ "x": "${"x".repeat(2 ** 20)}" }`,
      400,
      "Expected at most 1048576 bytes",
    ],
  ] as const
) {
  Deno.test(`POST /maintenance answers ${status}: ${error} (${JSON.stringify(body).slice(0, 30)})`, async () => {
    await using scene = new Scene();
    const response = await scene.app.request(LOCAL, post(body));
    assertEquals([response.status, await response.json()], [status, { error }]);
    assertEquals(scene.covered, []);
  });
}

Deno.test("DELETE /maintenance needs to know of which checks", async () => {
  await using scene = new Scene();
  await scene.app.request(LOCAL, post({ checks: ["web"], for: "1h" }));
  for (
    const [query, status] of [
      ["", 400],
      ["?check=x", 404],
      ["?all=false", 400],
      ["?all=no", 400],
    ] as const
  ) {
    const response = await scene.app.request(LOCAL + query, {
      method: "DELETE",
    });
    assertEquals(response.status, status);
    await response.body?.cancel();
    assertEquals(scene.covered, ["web"]);
  }
  await scene.app.request(`${LOCAL}?all=true`, { method: "DELETE" });
  assertEquals(scene.covered, []);
});

Deno.test("/maintenance repeats only a little of a long request", async () => {
  await using scene = new Scene();
  const long = "x".repeat(100_000);
  for (
    const body of [
      { checks: [long], for: "1h" },
      { groups: [long], for: "1h" },
      { checks: [[long]], for: "1h" },
      { all: true, for: long },
      { [long]: 1 },
    ]
  ) {
    const response = await scene.app.request(LOCAL, post(body));
    const { error } = await response.json();
    assertEquals([response.ok, error.length], [false, 300]);
  }
});

const START = { checks: ["web"], for: "1h" };

Deno.test("only JSON starts maintenance, so that no form of another site can", async () => {
  await using scene = new Scene();
  for (
    const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data",
      "application/jsonp",
      "text/plain; application/json",
    ]
  ) {
    const response = await scene.app.request(
      LOCAL,
      post(START, { "content-type": type }),
    );
    assertEquals(response.status, 415, type);
    await response.body?.cancel();
  }
  assertEquals(scene.covered, []);
  const charset = { "content-type": "Application/JSON; charset=utf-8" };
  assertEquals(
    (await scene.app.request(LOCAL, post(START, charset))).status,
    200,
  );
});

for (
  const [what, options, url, headers, status] of [
    ["an app that others reach", {}, LOCAL, {}, 403],
    ["a local app", { isLocal: true }, LOCAL, {}, 200],
    [
      "a local app by its name",
      { isLocal: true },
      "http://localhost/maintenance",
      {},
      200,
    ],
    [
      "a local app by IPv6",
      { isLocal: true },
      "http://[::1]:1/maintenance",
      {},
      200,
    ],
    // Another site whose name leads to this machine.
    [
      "a local app by another name",
      { isLocal: true },
      "http://evil.example/maintenance",
      {},
      403,
    ],
    [
      "a local app by a longer name",
      { isLocal: true },
      "http://127.0.0.1.evil.example/maintenance",
      {},
      403,
    ],
    [
      "a proxy",
      { isLocal: true },
      LOCAL,
      { "x-forwarded-for": "10.0.0.1" },
      403,
    ],
    [
      "another proxy",
      { isLocal: true },
      LOCAL,
      { forwarded: "for=10.0.0.1" },
      403,
    ],
    [
      "an app with a token, without it",
      { token: "abc", isLocal: true },
      LOCAL,
      {},
      401,
    ],
    ["an app with a token, with another", { token: "abc" }, LOCAL, {
      authorization: "Bearer x",
    }, 401],
    [
      "an app with a token",
      { token: "abc" },
      "https://status.example/maintenance",
      { authorization: "Bearer abc" },
      200,
    ],
  ] as const
) {
  Deno.test(`maintenance is changed through ${what}: ${status}`, async () => {
    await using scene = new Scene(options);
    const response = await scene.app.request(url, post(START, headers));
    assertEquals(response.status, status);
    await response.body?.cancel();
    assertEquals(scene.covered, status === 200 ? ["web"] : []);
    scene.incidents.maintenance.start(["web"], { durationMs: 60_000 });
    const stopped = await scene.app.request(`${url}?check=web`, {
      method: "DELETE",
      headers,
    });
    assertEquals(stopped.status, status);
    await stopped.body?.cancel();
    assertEquals(scene.covered, status === 200 ? [] : ["web"]);
  });
}

Deno.test("there is no /maintenance in an app that does not know it", async () => {
  await using fleet = new Fleet({ background: false });
  const response = await createApp(fleet).request("/maintenance");
  assertEquals(response.status, 404);
  await response.body?.cancel();
});

Deno.test("other methods are not allowed at /maintenance", async () => {
  await using scene = new Scene();
  const response = await scene.app.request(LOCAL, { method: "PUT" });
  assertEquals(response.headers.get("allow"), "GET, HEAD, POST, DELETE");
  assertEquals([response.status, await response.json()], [
    405,
    { error: "Expected GET, HEAD, POST, or DELETE, got PUT" },
  ]);
});

Deno.test("/openapi.json describes maintenance", async () => {
  await using scene = new Scene({ token: "abc" });
  const { app } = scene;
  const window = onceFrom(Date.now() - 1000, 3_600_000);
  scene.incidents.maintenance.plan([{ window }]);
  const headers = { authorization: "Bearer abc" };
  const document = await (await app.request("/openapi.json", { headers }))
    .json();
  await SwaggerParser.validate(structuredClone(document));
  const { get, post: posted, delete: deleted } = document.paths["/maintenance"];
  for (
    const [operation, response, status] of [
      [get, await app.request(LOCAL, { headers }), 200],
      [posted, await app.request(LOCAL, post(START, headers)), 200],
      [posted, await app.request(LOCAL, post({}, headers)), 400],
      [posted, await app.request(LOCAL, post(START)), 401],
      [
        deleted,
        await app.request(`${LOCAL}?all`, { method: "DELETE", headers }),
        200,
      ],
    ] as const
  ) {
    assertEquals(response.status, status);
    const { schema } = operation.responses[status].content["application/json"];
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
    addFormats.default(ajv);
    ajv.addKeyword("components");
    const validate = ajv.compile({
      ...schema,
      components: document.components,
    });
    assertEquals(
      validate(await response.json()),
      true,
      ajv.errorsText(validate.errors),
    );
  }
});
