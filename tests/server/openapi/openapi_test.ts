import { assert, assertEquals } from "@std/assert";
import SwaggerParser from "@apidevtools/swagger-parser";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { Hono } from "hono";
import { createApp } from "../../../src/server/mod.ts";
import { PASS, scripted } from "../../support/probes.ts";
import { EventReader } from "../events.ts";
import { memoryArchive } from "../../support/memory_archive.ts";
import { clusterOf, sharedFleet } from "../clusters.ts";
import { EACH, fleetOf, ODD } from "../fleets.ts";

/** As much of a document as is looked at. */
interface Document {
  readonly paths: Readonly<Record<string, { readonly get: Operation }>>;
  readonly components: Readonly<Record<string, unknown>>;
  readonly security?: unknown;
}

interface Operation {
  readonly operationId: string;
  readonly security?: unknown;
  readonly parameters?: readonly { readonly name: string }[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, Media>> }>
  >;
}

interface Media {
  readonly schema: object;
}

/** What is asked for, and the path in the document that describes it. */
const ASKED: readonly (readonly [string, string, number])[] = [
  ["/", "/", 200],
  ["/checks", "/checks", 200],
  ["/checks/up", "/checks/{id}", 200],
  ["/checks/down", "/checks/{id}", 200],
  ["/checks/new", "/checks/{id}", 200],
  ["/checks/nobody", "/checks/{id}", 404],
  ["/checks/up/history", "/checks/{id}/history", 200],
  ["/checks/up/history?step=day", "/checks/{id}/history", 200],
  ["/checks/up/history?format=csv", "/checks/{id}/history", 200],
  ["/checks/up/history?from=x", "/checks/{id}/history", 400],
  ["/checks/nobody/history", "/checks/{id}/history", 404],
  ["/events?check=nobody", "/events", 404],
  ["/health", "/health", 503],
  ["/livez", "/livez", 200],
  ["/readyz", "/readyz", 503],
  ["/readyz?verbose", "/readyz", 503],
  ["/badge/up.svg?label=x", "/badge/{id}.svg", 200],
  ["/badge/nobody.svg", "/badge/{id}.svg", 404],
  ["/badge/up/uptime.svg", "/badge/{id}/uptime.svg", 200],
  ["/badge/nobody/uptime.svg", "/badge/{id}/uptime.svg", 404],
  ["/badge/up/uptime/7d.svg", "/badge/{id}/uptime/{window}.svg", 200],
  ["/badge/nobody/uptime/7d.svg", "/badge/{id}/uptime/{window}.svg", 404],
  ["/badge/up.json", "/badge/{id}.json", 200],
  ["/badge/nobody.json", "/badge/{id}.json", 404],
  ["/ping/nobody", "/ping/{id}", 404],
  ["/ping/up/start", "/ping/{id}/{signal}", 404],
  ["/ping/up/256", "/ping/{id}/{signal}", 400],
  ["/metrics", "/metrics", 200],
  ["/cluster", "/cluster", 200],
  ["/openapi.json", "/openapi.json", 200],
];

async function documentOf(
  app: Hono,
  init: RequestInit = {},
): Promise<Document> {
  const response = await app.request("/openapi.json", init);
  assertEquals(response.status, 200);
  return await response.json();
}

/** Makes every object that names its properties have no others. */
function closed(part: unknown): unknown {
  if (typeof part !== "object" || part === null) return part;
  if (Array.isArray(part)) return part.map(closed);
  const entries = Object.entries(part).map((
    [key, value],
  ) => [key, closed(value)]);
  return {
    ...Object.fromEntries(entries),
    ...("type" in part && part.type === "object" && "properties" in part &&
      { additionalProperties: false }),
  };
}

/** Says what is wrong with a body, by the schema of its answer. */
function complaintOf(
  { components }: Document,
  { schema }: Media,
  body: unknown,
): string | undefined {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
  });
  addFormats.default(ajv);
  ajv.addKeyword("components");
  const validate = ajv.compile({
    ...closed(schema) as object,
    components: closed(components),
  });
  return validate(body) ? undefined : ajv.errorsText(validate.errors);
}

for (const token of [undefined, "s3cret"]) {
  Deno.test(`/openapi.json is OpenAPI 3.1, ${token ? "with a" : "without a"} token`, async () => {
    await using fleet = await fleetOf(EACH);
    const app = createApp(fleet, token === undefined ? {} : { token });
    const document = await documentOf(app, {
      headers: { authorization: `Bearer ${token}` },
    });
    // It takes the references in what it is given for what they refer to.
    const given = JSON.parse(JSON.stringify(document));
    assertEquals(given.openapi, "3.1.0");
    await SwaggerParser.validate(given);
    const isGuarded = token !== undefined;
    assertEquals(
      document.security,
      isGuarded ? [{ bearer: [] }, { password: [] }] : undefined,
    );
    const inHeaders = [{ bearer: [] }, { password: [] }];
    for (const [path, { get }] of Object.entries(document.paths)) {
      if (path.startsWith("/ping/")) {
        // A check may have a token of its own, and the app none.
        assertEquals(get.security, [
          ...inHeaders,
          { query: [] },
          ...isGuarded ? [] : [{}],
        ]);
        assert("401" in get.responses, path);
        continue;
      }
      const isAsked = isGuarded && path !== "/livez";
      assertEquals("401" in get.responses, isAsked, path);
      assertEquals(
        get.security,
        isGuarded && !isAsked ? [] : undefined,
      );
    }
  });
}

for (const [url, path, status] of ASKED) {
  Deno.test(`GET ${url} answers as /openapi.json says`, async () => {
    await using fleet = await fleetOf({ ...EACH, new: {} });
    const to = Date.now();
    const stretches = [{ was: "healthy", from: to - 3_600_000, to }] as const;
    const app = createApp(fleet, {
      archive: memoryArchive({ up: { stretches } }, to),
      cluster: clusterOf({ uncovered: [{ check: "up", region: "eu" }] }),
    });
    const document = await documentOf(app);
    const response = await app.request(url);
    assertEquals(response.status, status);
    const { content } = document.paths[path]!.get.responses[status]!;
    const type = response.headers.get("content-type")!.split(";")[0]!;
    assert(Object.hasOwn(content!, type), type);
    const text = await response.text();
    const body = type.endsWith("json") ? JSON.parse(text) : text;
    assertEquals(complaintOf(document, content![type]!, body), undefined);
  });
}

for (
  const [authorization, status] of [["Bearer x", 401], ["x", 400]] as const
) {
  Deno.test(`a request with the authorization ${authorization} is refused as /openapi.json says`, async () => {
    await using fleet = await fleetOf(EACH);
    const app = createApp(fleet, { token: "s3cret" });
    const document = await documentOf(app, {
      headers: { authorization: "Bearer s3cret" },
    });
    for (const path of ["/", "/checks", "/badge/up.svg", "/openapi.json"]) {
      const response = await app.request(path, { headers: { authorization } });
      assertEquals(response.status, status);
      const { content } = document.paths["/checks"]!.get.responses[status]!;
      const media = content!["application/json"]!;
      assertEquals(
        complaintOf(document, media, await response.json()),
        undefined,
      );
    }
  });
}

Deno.test("answers are as /openapi.json says, whatever a check is called", async () => {
  await using fleet = await fleetOf(
    Object.fromEntries(ODD.map((id) => [id, { step: PASS, group: id }])),
  );
  const app = createApp(fleet);
  const document = await documentOf(app);
  for (const path of ["/checks", "/health"]) {
    const { content } = document.paths[path]!.get.responses["200"]!;
    const body = await (await app.request(path)).json();
    const [media] = Object.values(content!);
    assertEquals(complaintOf(document, media!, body), undefined, path);
  }
});

Deno.test("snapshots with an agent and a region are as /openapi.json says", async () => {
  await using fleet = sharedFleet({ web: { agent: "a", region: "eu" } });
  const app = createApp(fleet);
  const document = await documentOf(app);
  const { content } = document.paths["/checks"]!.get.responses["200"]!;
  const body = await (await app.request("/checks")).json();
  assertEquals([body[0].agent, body[0].region], ["a", "eu"]);
  const [media] = Object.values(content!);
  assertEquals(complaintOf(document, media!, body), undefined);
});

Deno.test("what /openapi.json does not say would be noticed", async () => {
  await using fleet = await fleetOf(EACH);
  const app = createApp(fleet);
  const document = await documentOf(app);
  const { content } = document.paths["/checks/{id}"]!.get.responses["200"]!;
  const media = content!["application/json"]!;
  const snapshot = await (await app.request("/checks/down")).json();
  assertEquals(complaintOf(document, media, snapshot), undefined);
  for (
    const wrong of [
      { ...snapshot, more: 1 },
      { ...snapshot, status: "down" },
      { ...snapshot, since: "yesterday" },
      { ...snapshot, reason: { code: "timeout" } },
      { ...snapshot, attempts: -1 },
      { ...snapshot, id: undefined },
    ]
  ) {
    const sent = JSON.parse(JSON.stringify(wrong));
    assert(complaintOf(document, media, sent) !== undefined);
  }
});

Deno.test("events are as /openapi.json says", async () => {
  await using fleet = await fleetOf({ ...EACH, new: {} });
  const record = fleet.record("down")!;
  fleet.add(scripted([PASS]), { id: "stale", record });
  const app = createApp(fleet);
  const document = await documentOf(app);
  const response = await app.request(
    "/events?check=down&check=new&check=stale",
  );
  const { content } = document.paths["/events"]!.get.responses["200"]!;
  assertEquals(Object.keys(content!), [response.headers.get("content-type")]);
  const schema = { $ref: "#/components/schemas/Snapshot" };
  await using reader = new EventReader(response.body!);
  const [, ...events] = await reader.take(4);
  assertEquals(events.length, 3);
  assertEquals(JSON.parse(events[2]!.data).stale, true);
  for (const { event, data } of events) {
    assertEquals(event, "snapshot");
    const snapshot = JSON.parse(data);
    assertEquals(complaintOf(document, { schema }, snapshot), undefined);
  }
});

Deno.test("/openapi.json describes every path that is answered", async () => {
  await using fleet = await fleetOf({});
  const app = createApp(fleet);
  const { paths } = await documentOf(app);
  const answered = app.routes.filter(({ method }) => method === "GET")
    .map(({ path }) =>
      path.replace(/:file\{.*(\.\w+)\}/, "{id}$1")
        .replace(/:window\{.*(\.\w+)\}/, "{window}$1")
        .replace(/:(\w+)/g, "{$1}")
    );
  assert(answered.includes("/badge/{id}.svg"), `${answered}`);
  for (const path of answered) assert(path in paths, path);
  const posted = app.routes.filter(({ method }) => method === "POST");
  assertEquals(
    posted.length,
    Object.values(paths).filter((path) => "post" in path).length,
  );
});

Deno.test("/openapi.json names each operation once, and all parameters of its path", async () => {
  await using fleet = await fleetOf({});
  const { paths } = await documentOf(createApp(fleet));
  const names = Object.values(paths).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId)
  );
  assertEquals(new Set(names).size, names.length);
  for (const [path, { get }] of Object.entries(paths)) {
    for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
      assert(get.parameters?.some((parameter) => parameter.name === name));
    }
  }
});

Deno.test("/openapi.json is about wherever the app is mounted", async () => {
  await using fleet = await fleetOf(EACH);
  const app = new Hono().route("/status", createApp(fleet, { title: "Ours" }));
  const { servers, info } = await (await app.request("/status/openapi.json"))
    .json();
  assertEquals(info.title, "Ours");
  const base = new URL(servers[0].url, "http://x/status/openapi.json");
  assertEquals(base.href, "http://x/status/");
  const { links } = await (await app.request("/status/health")).json();
  const described = new URL(links["service-desc"], "http://x/status/health");
  assertEquals(described.href, "http://x/status/openapi.json");
});
