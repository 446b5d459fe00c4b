import { assert, assertEquals } from "@std/assert";
import {
  ntfy,
  type NtfyOptions,
} from "../../../../src/sinks/notify/receivers/ntfy.ts";
import { LETTERS } from "../../../support/letters.ts";
import {
  ALL_LETTERS,
  type Answer,
  bodyOf,
  judged,
  object,
  problemsBy,
  Refused,
  requestsOf,
  response,
  service,
  text,
} from "./service.ts";

const OPTIONS: NtfyOptions = {
  topic: "ops-7Hq2",
  token: "tk_AgQdq7mVBoFD37zQV",
};

const problemsOf = problemsBy(object({
  topic: { type: "string", pattern: "^[-_A-Za-z0-9]{1,64}$" },
  title: text(250, { pattern: "^[^\\r\\n]*$" }),
  message: text(4096, { minLength: 0 }),
  priority: { type: "integer", minimum: 1, maximum: 5 },
  tags: { type: "array", items: text(50) },
  click: { type: "string", pattern: "^https?://" },
}, ["click"]));

function refused(code: number, http: number, error: string) {
  return new Refused(http, { code, http, error });
}

const answer: Answer = ({ url, headers, json, bytes }) => {
  // Elsewhere it would take all of the JSON for the message.
  if (url.pathname !== "/") throw refused(40401, 404, "page not found");
  if (headers.get("authorization") !== `Bearer ${OPTIONS.token}`) {
    throw refused(40301, 403, "forbidden");
  }
  if (bytes > 8192) throw refused(41303, 413, "JSON body too large");
  const problems = problemsOf(json);
  if (problems.length > 0) throw refused(40024, 400, problems.join("\n"));
  if (new TextEncoder().encode(json.message).length > 4096) {
    throw refused(40014, 400, "invalid request: attachments not allowed");
  }
  return Response.json({ id: "xE73Iyuabi", event: "message", ...json });
};

Deno.test("ntfy publishes JSON at the root of the server", async () => {
  await using server = service(answer);
  const requests = await requestsOf(ntfy, LETTERS.unknown, OPTIONS);
  assertEquals(requests[0]?.url, "https://ntfy.sh/");
  const delivery = await server.deliver(ntfy, LETTERS.unknown, OPTIONS);
  assert(delivery.ok, JSON.stringify(delivery));
  assertEquals(server.posted[0]?.json, {
    topic: "ops-7Hq2",
    title: "UNKNOWN web: Needs --allow-net=shop.example (2 min)",
    message: LETTERS.unknown.text,
    priority: 3,
    tags: ["white_circle"],
    click: "https://status.example/checks/web",
  });
});

for (const [name, letter] of ALL_LETTERS) {
  Deno.test(`ntfy takes a letter: ${name}`, async () => {
    await using server = service(answer);
    const delivery = await server.deliver(ntfy, letter, OPTIONS);
    assert(delivery.ok, JSON.stringify(delivery));
  });
}

Deno.test("ntfy counts bytes", async () => {
  const letter = { ...LETTERS.down, text: "é".repeat(3000) };
  const { message } = await bodyOf(ntfy, letter, OPTIONS);
  assertEquals(message, `${"é".repeat(2046)}…`);
});

Deno.test("ntfy has tags and priorities by events, and takes others", async () => {
  const seen = async (
    name: "down" | "degraded" | "reminder" | "recovered" | "test",
    priority?: NtfyOptions["priority"],
  ) => {
    const body = await bodyOf(ntfy, LETTERS[name], {
      ...OPTIONS,
      ...(priority !== undefined && { priority }),
    });
    return `${body.tags} ${body.priority}`;
  };
  assertEquals(await seen("down"), "red_circle 4");
  assertEquals(await seen("degraded"), "large_orange_diamond 3");
  assertEquals(await seen("reminder"), "bell 4");
  assertEquals(await seen("recovered"), "green_circle 3");
  assertEquals(await seen("test"), "information_source 3");
  assertEquals(await seen("down", 5), "red_circle 5");
  assertEquals(await seen("reminder", 5), "bell 5");
  assertEquals(await seen("recovered", 5), "green_circle 3");
  assertEquals(await seen("down", { up: 1 }), "red_circle 4");
  assertEquals(await seen("recovered", { up: 1 }), "green_circle 1");
});

Deno.test("ntfy tells what went wrong, and whether to try again", async () => {
  await using server = service(answer);
  assertEquals(await server.deliver(ntfy, LETTERS.down, { topic: "x" }), {
    ok: false,
    why: "got 403: forbidden",
    isFinal: true,
    mayHaveArrived: false,
  });
  const limit = "limit reached: too many requests";
  const results = [
    response(200, { id: "1", event: "message" }),
    response(200, "<html>"),
    response(200, { ok: true }),
    response(429, { code: 42901, http: 429, error: limit }),
    response(507, { code: 50701, http: 507, error: "cannot publish" }),
  ].map((it) => {
    const result = judged(ntfy, it);
    return result.ok || [result.why, result.isFinal];
  });
  assertEquals(results, [
    true,
    ["expected an answer of ntfy, got 200 of something else", false],
    ["expected an answer of ntfy, got 200 of something else", false],
    [`got 429: ${limit}`, false],
    ["got 507: cannot publish", false],
  ]);
});

Deno.test("ntfy can be a server of one's own, behind a password", async () => {
  const options = { topic: "ops", url: "http://me:p%40ss@ntfy.lan:8080" };
  const [request] = await requestsOf(ntfy, LETTERS.test, options);
  assertEquals(request?.url, "http://ntfy.lan:8080/");
  assertEquals(request?.headers.authorization, `Basic ${btoa("me:p@ss")}`);
  assertEquals(ntfy.needs(options), [{ name: "net", host: "ntfy.lan:8080" }]);
  assertEquals(ntfy.secrets(options), [
    "p%40ss",
    "p@ss",
    btoa("me:p@ss"),
    "ops",
  ]);
  assertEquals(ntfy.problems!(options), []);
  assertEquals(ntfy.problems!({ topic: "ops", url: "https://ntfy.sh/ops" }), [
    { option: "url", problem: "expected the URL without the topic" },
  ]);
});
