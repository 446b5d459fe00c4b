import { assert, assertEquals } from "@std/assert";
import { discord } from "../../../../src/sinks/notify/receivers/discord.ts";
import { LETTERS } from "../../../support/letters.ts";
import {
  ALL_LETTERS,
  type Answer,
  bodyOf,
  judged,
  MARKS,
  object,
  problemsBy,
  Refused,
  response,
  service,
  text,
} from "./service.ts";

const URL_ = "https://discord.com/api/webhooks/1234567890123456789/aB-c_d";

const problemsOf = problemsBy(object({
  allowed_mentions: object({ parse: { type: "array", maxItems: 0 } }),
  embeds: {
    type: "array",
    minItems: 1,
    maxItems: 10,
    items: object({
      title: text(256),
      // Names of a local network, and addresses, are "not well formed".
      url: {
        type: "string",
        pattern: "^https?://(?:[\\w-]+\\.)+[a-z]{2,}(?::\\d+)?(?:/|$)",
      },
      description: text(4096, { minLength: 0 }),
      color: { type: "integer", minimum: 0, maximum: 0xffffff },
      footer: object({ text: text(2048) }),
      timestamp: { type: "string", pattern: "^\\d{4}-\\d\\d-\\d\\dT.*Z$" },
    }, ["url"]),
  },
}));

/** Its Markdown, but for URLs, in which none counts. */
function hasMarkup(text: string): boolean {
  return /(?<!\\)(?:\\\\)*[*_~`|[]|<(?!\u200b)|\]\(|^(?:>|#|-#)/m
    .test(text.replace(/https?:[^\s<]+/g, ""));
}

/** Counts as Discord does. */
function points(text: string): number {
  return [...text].length;
}

const answer: Answer = ({ url, json }) => {
  if (!/^\/api\/webhooks\/\d+\/[\w-]+$/.test(url.pathname)) {
    throw new Refused(404, { message: "Unknown Webhook", code: 10015 });
  }
  const thread = url.searchParams.get("thread_id");
  if (thread !== null && thread !== "1234567890123456780") {
    throw new Refused(400, { message: "Unknown Channel", code: 10003 });
  }
  const errors = problemsOf(json);
  const all = (json.embeds ?? []).flatMap((
    // deno-lint-ignore no-explicit-any
    { title, description, footer }: any,
  ) => [title, description, footer.text]);
  if (all.reduce((sum: number, it: string) => sum + points(it), 0) > 6000) {
    errors.push("Embed size exceeds maximum size of 6000");
  }
  if (all.some(hasMarkup)) errors.push("markup");
  if (errors.length > 0) {
    throw new Refused(400, {
      message: "Invalid Form Body",
      code: 50035,
      errors,
    });
  }
  return url.searchParams.get("wait") === "true"
    ? Response.json({ id: "1", type: 0, content: "" })
    : new Response(null, { status: 204 });
};

Deno.test("discord posts an embed that mentions nobody, and waits", async () => {
  await using discordService = service(answer);
  const delivery = await discordService.deliver(discord, LETTERS.digest, {
    url: `${URL_}?thread_id=1`,
    thread_id: "1234567890123456780",
  });
  assert(delivery.ok, JSON.stringify(delivery));
  const [posted] = discordService.posted;
  assertEquals(
    posted?.url.search,
    "?thread_id=1234567890123456780&wait=true",
  );
  assertEquals(posted?.json, {
    allowed_mentions: { parse: [] },
    embeds: [{
      title:
        "DOWN web: 10.0.0.5:443 refused the connection (2 min); 11 more began since 05:00, held back by quiet hours",
      url: "https://status.example/checks/web",
      description: LETTERS.digest.text,
      color: 0xc4232b,
      footer: { text: "lifesign/0.2.0" },
      timestamp: "2026-11-26T12:00:00.000Z",
    }],
  });
});

for (const [name, letter] of ALL_LETTERS) {
  Deno.test(`discord takes a letter: ${name}`, async () => {
    await using discordService = service(answer);
    const delivery = await discordService.deliver(discord, letter, {
      url: URL_,
    });
    assert(delivery.ok, JSON.stringify(delivery));
  });
}

Deno.test("discord has a colour for each event", async () => {
  const colours = {
    down: 0xc4232b,
    degraded: 0xd79a21,
    unknown: 0x8d97a1,
    reminder: 0xc4232b,
    recovered: 0x1a7f37,
    removed: 0x1a7f37,
    test: 0x1a7f37,
  } as const;
  for (const [name, colour] of Object.entries(colours)) {
    const letter = LETTERS[name as keyof typeof colours];
    const { embeds } = await bodyOf(discord, letter, { url: URL_ });
    assertEquals(embeds[0].color, colour, name);
  }
});

Deno.test("discord links the title where Discord takes the URL", async () => {
  await using discordService = service(answer);
  const hosts = [
    "status.example",
    "status.example:8443",
    "status.lan",
    "localhost",
    "status:8686",
    "10.0.0.5",
    "[::1]:8686",
  ];
  const linked = [];
  for (const host of hosts) {
    const letter = { ...LETTERS.down, url: `http://${host}/checks/web` };
    const delivery = await discordService.deliver(discord, letter, {
      url: URL_,
    });
    assert(delivery.ok, JSON.stringify(delivery));
    const [embed] = discordService.posted.at(-1)!.json.embeds;
    if (embed.url !== undefined) linked.push(host);
  }
  assertEquals(linked, hosts.slice(0, 3));
});

Deno.test("discord escapes Markdown, but not in URLs", async () => {
  const text = `${MARKS}\n-# x\n> https://a.example/b_c?d=1&e=2 a_b & @me`;
  const { embeds } = await bodyOf(discord, { ...LETTERS.down, text }, {
    url: URL_,
  });
  const lines = embeds[0].description.split("\n");
  assert(
    lines[0].startsWith("\\*b\\* \\_i\\_ \\~s\\~ \\*\\*B\\*\\*"),
    lines[0],
  );
  assertEquals(lines.slice(1), [
    "-\\# x",
    "\\> https://a.example/b_c?d=1&e=2 a\\_b & @\u200bme",
  ]);
});

Deno.test("discord says how long to wait in JSON, in seconds", () => {
  const limited = { message: "You are being rate limited.", global: false };
  assertEquals(
    judged(discord, response(429, { ...limited, retry_after: 64.57 })),
    {
      ok: false,
      why: "got 429: You are being rate limited.",
      isFinal: false,
      mayHaveArrived: false,
      retryAfterMs: 64_570,
    },
  );
  // Of the network in front of it.
  assertEquals(discord.judge!(response(429, "<html>1015</html>")), undefined);
});

Deno.test("discord tells what went wrong, and whether to try again", async () => {
  await using discordService = service(answer);
  assertEquals(
    await discordService.deliver(discord, LETTERS.down, {
      url: "https://discord.com/api/webhooks/gone",
    }),
    {
      ok: false,
      why: "got 404: Unknown Webhook",
      isFinal: true,
      mayHaveArrived: false,
    },
  );
  const results = [
    response(204),
    response(200, { id: "1" }),
    response(200, "<html>"),
    response(500, { message: "500: Internal Server Error", code: 0 }),
  ].map((it) => {
    const result = judged(discord, it);
    return result.ok || [result.why, result.isFinal];
  });
  assertEquals(results, [
    true,
    true,
    ["expected an answer of Discord, got 200 of something else", false],
    ["got 500: 500: Internal Server Error", false],
  ]);
});

Deno.test("discord has a URL of its own format", () => {
  assertEquals(discord.problems!({ url: URL_ }), []);
  assertEquals(discord.problems!({ url: `${URL_}/slack` }), [
    { option: "url", problem: "expected it without /slack at its end" },
  ]);
  assertEquals(discord.needs({ url: URL_ }), [
    { name: "net", host: "discord.com:443" },
  ]);
});
