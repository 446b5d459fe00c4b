import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { createHmac } from "node:crypto";
import { webhook } from "../../../../src/sinks/notify/receivers/webhook.ts";
import { signatureHeaders } from "../../../../src/sinks/notify/wire/signature.ts";
import type { Letter } from "../../../../src/sinks/notify/receiver.ts";
import { LETTERS, SENT_AT } from "../../../support/letters.ts";
import { deliver, problemsOf } from "../../../support/receive.ts";
import { type Asked, httpServer } from "../../../support/servers.ts";
import { ALL_LETTERS } from "./service.ts";
import { askedOf, bodyOf } from "./webhooks.ts";

const SECRET = "whsec_AAcOFRwjKjE4P0ZNVFtiaXB3foWMk5qhqK+2vcTL0tk=";

Deno.test("a webhook gets the JSON that others rely on", async () => {
  const [asked] = await askedOf(LETTERS.down);
  assertEquals(asked!.method, "POST");
  assertEquals(asked!.path, "/hook?x=1");
  assertEquals(
    asked!.headers.get("content-type"),
    "application/json; charset=utf-8",
  );
  assertEquals(asked!.headers.get("webhook-id"), LETTERS.down.id);
  assertEquals(asked!.headers.has("webhook-signature"), false);
  assertEquals(JSON.parse(asked!.body), {
    event: "down",
    title: "DOWN web: 10.0.0.5:443 refused the connection (2 min)",
    text: LETTERS.down.text,
    agent: "lifesign/0.2.0",
    time: "2026-11-26T12:00:00.000Z",
    id: LETTERS.down.id,
    url: "https://status.example/checks/web",
    incidents: [{
      id: "0mihxsc00-web",
      key: "0mihxsc00-web",
      check: "web",
      name: null,
      group: "edge",
      type: "http",
      target: "https://shop.example/",
      status: "unhealthy",
      reason: {
        code: "refused",
        message: "10.0.0.5:443 refused the connection",
      },
      began: "2026-11-26T11:58:00.000Z",
      ended: null,
      end: null,
      durationMs: 120_000,
      because: null,
      url: "https://status.example/checks/web",
    }],
  });
});

Deno.test("a webhook gets every letter as valid JSON, with the same fields", async () => {
  const { incidents: [sample], ...rest } = await bodyOf(LETTERS.gathered);
  for (const [name, each] of ALL_LETTERS) {
    const json = await bodyOf(each);
    const { incidents, ...others } = json;
    assertEquals(Object.keys(others), Object.keys(rest), name);
    assertEquals(json.event, each.event, name);
    assertEquals(json.title, each.title.toWellFormed(), name);
    assertEquals(incidents.length, each.incidents.length, name);
    for (const [i, incident] of incidents.entries()) {
      assertEquals(Object.keys(incident), Object.keys(sample), name);
      const { id, check, reason, ended } = each.incidents[i]!;
      assertEquals(
        [incident.id, incident.check, incident.reason, incident.ended],
        [
          id,
          check,
          { ...reason, message: reason.message.toWellFormed() },
          ended && new Date(ended).toISOString(),
        ],
        name,
      );
    }
  }
  const { incidents } = await bodyOf(LETTERS.removed);
  assertEquals([incidents[0].end, incidents[0].url], ["removed", null]);
  const [, because] = (await bodyOf(LETTERS.gathered)).incidents;
  assertEquals(
    [because.because, because.key],
    ["gateway", "0mihxsc00-gateway"],
  );
});

Deno.test("a webhook is signed by the Standard Webhooks specification", async () => {
  // Made by the reference library of the specification.
  assertEquals(
    await signatureHeaders({
      id: "0mihxv4w0-7",
      now: 1_764_158_400_999,
      body: '{"event":"down","title":"ä \ud83d\ude00"}',
    }, SECRET),
    {
      "webhook-id": "0mihxv4w0-7",
      "webhook-timestamp": "1764158400",
      "webhook-signature": "v1,5lt78CvN3qG1eYbe4Tl/nBnDHvqmb8n37x1lx86s+ic=",
    },
  );
  for (const [name, each] of ALL_LETTERS) {
    for (const prefix of ["whsec_", ""]) {
      const secret = SECRET.replace("whsec_", prefix);
      const [{ headers, body }] = await askedOf(each, { secret }) as [Asked];
      const [id, timestamp] = ["webhook-id", "webhook-timestamp"]
        .map((name) => headers.get(name));
      assertEquals(Number(timestamp), Math.floor(each.now / 1000), name);
      const expected = createHmac(
        "sha256",
        Uint8Array.from(
          atob(SECRET.slice(6)),
          (character) => character.charCodeAt(0),
        ),
      ).update(`${id}.${timestamp}.${body}`).digest("base64");
      assertEquals(headers.get("webhook-signature"), `v1,${expected}`, name);
    }
  }
});

Deno.test("a webhook that is tried again has the same id, and another timestamp", async () => {
  const secret = SECRET;
  const [first] = await askedOf(LETTERS.down, { secret });
  const again = { ...LETTERS.down, now: SENT_AT + 60_000 };
  const [second] = await askedOf(again, { secret });
  assertEquals(first!.body, second!.body);
  assertEquals(
    first!.headers.get("webhook-id"),
    second!.headers.get("webhook-id"),
  );
  for (const name of ["webhook-timestamp", "webhook-signature"]) {
    assertNotEquals(first!.headers.get(name), second!.headers.get(name));
  }
});

Deno.test("a webhook has the method and the headers that it is to have", async () => {
  const [asked] = await askedOf(LETTERS.down, {
    method: "PUT",
    headers: { "X-Token": 7, "Content-Type": "application/vnd.x+json" },
  });
  assertEquals(asked!.method, "PUT");
  assertEquals(asked!.headers.get("x-token"), "7");
  assertEquals(asked!.headers.get("content-type"), "application/vnd.x+json");
});

Deno.test("a webhook sends the credentials of its URL as a header", async () => {
  await using server = httpServer(() => new Response());
  const url = `http://me:p%C3%A4@${server.authority}/`;
  await deliver(webhook, LETTERS.test, { url });
  assertEquals(
    server.asked[0]!.headers.get("authorization"),
    "Basic bWU6cMOk",
  );
});

Deno.test("a webhook says what is wrong with its options, and no secret", () => {
  const url = "https://hooks.example/";
  const none: unknown[] = [
    { url },
    { url, method: "PATCH", headers: { a: true }, format: "alertmanager" },
    { url, secret: SECRET },
    { url, secret: SECRET.slice(6) },
    { url, body: "{title}" },
    { url, body: ["{url} {} { x } {{anything}}", 1, null] },
    { url, body: "{not json" },
  ];
  for (const options of none) assertEquals(problemsOf(webhook, options), []);
  const cases: [unknown, string][] = [
    [{}, "url: expected an absolute URL with http: or https:, got nothing"],
    [
      { url: "ftp://x/" },
      "url: expected an absolute URL with http: or https:, got another string",
    ],
    [
      { url, body: { a: ["{titel}"] } },
      "body: unknown placeholder {titel}; did you mean {title}?",
    ],
    [
      { url, body: "{nothing_like_it} {nothing_like_it}" },
      "body: unknown placeholder {nothing_like_it}; expected one of {title}, {text}, {check}, {status}, {event}, {reason}, {since}, {duration}, {url}, {id}, or {{nothing_like_it}} for {nothing_like_it} itself",
    ],
    [
      { url, body: '{"text": "{title}"}' },
      "body: expected a map or a list in YAML, whose strings are quoted, got JSON in a string",
    ],
    [
      { url, body: 1, format: "alertmanager" },
      "body: expected no format with it, got one",
    ],
    [
      { url, headers: { "Webhook-Id": "1" } },
      "headers: expected no header Webhook-Id, which the agent sets itself",
    ],
    [
      { url, headers: { "X-Token": "hun\nter2" } },
      'headers: expected a valid header, got "X-Token" with 8 characters',
    ],
    [
      { url, secret: "hunter2!" },
      "secret: expected bytes in base64, as openssl rand -base64 32 prints",
    ],
    [
      { url, secret: btoa("hunter2") },
      "secret: expected 24 to 64 bytes in base64, as openssl rand -base64 32 prints, got 7",
    ],
  ];
  for (const [options, problem] of cases) {
    assertEquals(problemsOf(webhook, options), [problem]);
  }
});

Deno.test("a webhook names the host that it needs, and what is secret", () => {
  const options = {
    url: "https://me:pass@hooks.example/T000/abcdefghijkl?token=t0ken",
    headers: { authorization: "Bearer x1y2", accept: "text/plain" },
    secret: SECRET,
  };
  assertEquals(webhook.needs(options), [
    { name: "net", host: "hooks.example:443" },
  ]);
  const secrets = webhook.secrets(options);
  for (const secret of ["pass", "abcdefghijkl", "x1y2", SECRET]) {
    assert(secrets.includes(secret), secret);
  }
  assert(!secrets.includes("text/plain"));
});

Deno.test("a webhook gets more incidents than servers take in several requests", async () => {
  const [sample] = LETTERS.down.incidents;
  const letterOf = (count: number): Letter => ({
    ...LETTERS.down,
    incidents: Array.from(
      { length: count },
      (_, i) => ({ ...sample!, check: `語${i}` }),
    ),
  });
  const bodies = (await askedOf(letterOf(5000))).map(({ body, headers }) => {
    assert(new TextEncoder().encode(body).length < 2 ** 20);
    const json = JSON.parse(body);
    assertEquals(json.id, headers.get("webhook-id"));
    assertEquals(json.title, LETTERS.down.title);
    return json;
  });
  const { id } = LETTERS.down;
  assertEquals(bodies.map((json) => json.id), [id, `${id}_2`, `${id}_3`]);
  assertEquals(
    bodies.flatMap(({ incidents }) => incidents).map(({ check }) => check),
    letterOf(5000).incidents.map(({ check }) => check),
  );
  assertEquals((await askedOf(letterOf(1500))).length, 1);
});
