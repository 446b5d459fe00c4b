import { assert, assertEquals } from "@std/assert";
import {
  pushover,
  type PushoverOptions,
} from "../../../../src/sinks/notify/receivers/pushover.ts";
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

const OPTIONS: PushoverOptions = {
  token: "azGDORePK8gMaC0QOYAMyEEuzJnyUi",
  user: "uQiRzpo4DXghDmr9QzzfQu27cmVRsG",
};

const KEY = { type: "string", pattern: "^[A-Za-z0-9]{30}$" };

const MESSAGE = {
  token: KEY,
  user: KEY,
  title: text(250),
  message: text(1024),
  priority: { type: "integer", minimum: -2, maximum: 1 },
  timestamp: { type: "integer" },
  url: text(512),
  device: text(25),
  sound: text(50),
};
const OPTIONAL = ["url", "device", "sound"];

const problemsOf = problemsBy(object(MESSAGE, OPTIONAL));
const emergencyProblemsOf = problemsBy(object({
  ...MESSAGE,
  priority: { const: 2 },
  retry: { type: "integer", minimum: 30 },
  expire: { type: "integer", minimum: 1, maximum: 10_800 },
  tags: text(1000),
}, OPTIONAL));
const cancelProblemsOf = problemsBy(object({ token: KEY }));

/** Pushover, and the tags of its emergencies. */
function pushoverService() {
  const emergencies = new Set<string>();
  const answer: Answer = ({ url, json }) => {
    const request = "647d2300-702c-4b38-8b2f-d56326ae460b";
    const [, tag] =
      /^\/1\/receipts\/cancel_by_tag\/([^/]+)\.json$/.exec(url.pathname) ?? [];
    const problems = tag !== undefined
      ? cancelProblemsOf(json)
      : json.priority === 2
      ? emergencyProblemsOf(json)
      : problemsOf(json);
    if (tag === undefined && url.pathname !== "/1/messages.json") {
      throw new Refused(404, { status: 0, errors: ["not found"], request });
    }
    if (json.token !== OPTIONS.token) {
      problems.push("application token is invalid");
    }
    if (problems.length > 0) {
      throw new Refused(400, { status: 0, errors: problems, request });
    }
    if (tag !== undefined) {
      const canceled = Number(emergencies.delete(decodeURIComponent(tag)));
      return Response.json({ canceled, status: 1, request });
    }
    for (const tag of json.tags?.split(",") ?? []) emergencies.add(tag);
    return Response.json({ status: 1, request });
  };
  return { ...service(answer), emergencies };
}

Deno.test("pushover sends a message with a link to the page", async () => {
  await using server = pushoverService();
  const options = { ...OPTIONS, device: "phone", sound: "siren" };
  const delivery = await server.deliver(pushover, LETTERS.degraded, options);
  assert(delivery.ok, JSON.stringify(delivery));
  const requests = await requestsOf(pushover, LETTERS.degraded, options);
  assertEquals(requests.map(({ url }) => url), [
    "https://api.pushover.net/1/messages.json",
  ]);
  assertEquals(server.posted[0]?.json, {
    ...OPTIONS,
    title: "DEGRADED web: Took 2.1s, more than 1s (2 min)",
    message: LETTERS.degraded.text,
    priority: 0,
    timestamp: 1_795_694_400,
    url: "https://status.example/checks/web",
    device: "phone",
    sound: "siren",
  });
});

for (const [name, letter] of ALL_LETTERS) {
  Deno.test(`pushover takes a letter: ${name}`, async () => {
    await using server = pushoverService();
    for (const options of [OPTIONS, { ...OPTIONS, priority: 2 }]) {
      const delivery = await server.deliver(pushover, letter, options);
      assert(delivery.ok, JSON.stringify(delivery));
    }
  });
}

Deno.test("pushover repeats an emergency until all of its message is over", async () => {
  await using server = pushoverService();
  const options = { ...OPTIONS, priority: 2, retry: "30s", expire: "3h" };
  const deliver = async (name: keyof typeof LETTERS) => {
    const before = server.posted.length;
    const delivery = await server.deliver(pushover, LETTERS[name], options);
    assert(delivery.ok, JSON.stringify(delivery));
    return server.posted.slice(before).map(({ url, json }) => [
      url.pathname,
      json.priority ?? null,
    ]);
  };
  const message = "/1/messages.json";
  assertEquals(await deliver("storm"), [[message, 2]]);
  const { retry, expire, tags } = server.posted.at(-1)!.json;
  assertEquals([retry, expire, tags], [30, 10_800, "0mihxsc00-0"]);
  assertEquals(await deliver("down"), [[message, 2]]);
  assertEquals(await deliver("partly"), [[message, 0]]);
  assertEquals([...server.emergencies], ["0mihxsc00-0", "0mihxsc00-web"]);
  assertEquals(await deliver("stormOver"), [
    [message, 0],
    ["/1/receipts/cancel_by_tag/0mihxsc00-0.json", null],
  ]);
  assertEquals([...server.emergencies], ["0mihxsc00-web"]);
});

Deno.test("pushover has an emergency for what begins only", async () => {
  const seen = async (
    name: keyof typeof LETTERS,
    priority: PushoverOptions["priority"],
  ) =>
    (await bodyOf(pushover, LETTERS[name], {
      ...OPTIONS,
      ...(priority !== undefined && { priority }),
    })).priority;
  assertEquals(await seen("down", undefined), 1);
  assertEquals(await seen("degraded", 2), 0);
  assertEquals(await seen("degraded", { degraded: 2 }), 2);
  assertEquals(await seen("reminder", 2), 1);
  assertEquals(await seen("recovered", { up: 2 }), 1);
  assertEquals(await seen("recovered", { up: -2 }), -2);
  assertEquals(await seen("test", { test: 2 }), 1);
});

Deno.test("pushover cancels nothing where there are no emergencies", async () => {
  const counts = [OPTIONS, { ...OPTIONS, priority: { degraded: 2 } }]
    .map(async (options) =>
      (await requestsOf(pushover, LETTERS.recovered, options)).length
    );
  assertEquals(await Promise.all(counts), [1, 2]);
});

Deno.test("pushover tells what went wrong, and whether to try again", async () => {
  await using server = pushoverService();
  const options = { ...OPTIONS, token: "x".repeat(30) };
  assertEquals(await server.deliver(pushover, LETTERS.down, options), {
    ok: false,
    why: "got 400: application token is invalid",
    isFinal: true,
    mayHaveArrived: false,
  });
  const results = [
    response(200, { status: 1, request: "1" }),
    response(200, { status: 0, errors: ["a", "b"] }),
    response(200, "<html>"),
    response(429, { status: 0, errors: ["over its quota"] }),
  ].map((it) => {
    const result = judged(pushover, it);
    return result.ok || [result.why, result.isFinal];
  });
  assertEquals(results, [
    true,
    ["got 200: a; b", true],
    ["expected an answer of Pushover, got 200 of something else", false],
    ["got 429: over its quota", false],
  ]);
});

Deno.test("pushover has limits of how often and how long", () => {
  const { token, user } = OPTIONS;
  assertEquals(pushover.problems!(OPTIONS), []);
  assertEquals(
    pushover.problems!({ ...OPTIONS, retry: "29s", expire: "181m" }),
    [
      { option: "retry", problem: "expected 30s or more, got 29s" },
      { option: "expire", problem: "expected 3h or less, got 181m" },
    ],
  );
  assertEquals(pushover.secrets(OPTIONS), [token, user]);
  assertEquals(pushover.needs(OPTIONS), [
    { name: "net", host: "api.pushover.net:443" },
  ]);
});
