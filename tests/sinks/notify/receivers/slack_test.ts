import { assert, assertEquals } from "@std/assert";
import { slack } from "../../../../src/sinks/notify/receivers/slack.ts";
import type { Letter } from "../../../../src/sinks/notify/receiver.ts";
import { LETTERS } from "../../../support/letters.ts";
import {
  ALL_LETTERS,
  type Answer,
  bodyOf,
  hasMention,
  judged,
  MARKS,
  object,
  problemsBy,
  Refused,
  response,
  service,
  text,
} from "./service.ts";

const SLACK =
  "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX";
const MATTERMOST = "https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz";

const problemsOf = problemsBy(object({
  channel: text(80),
  unfurl_links: { const: false },
  unfurl_media: { const: false },
  attachments: {
    type: "array",
    maxItems: 100,
    items: object({
      fallback: text(1024),
      color: { type: "string", pattern: "^#[0-9a-f]{6}$" },
      title: text(1024),
      title_link: { type: "string", pattern: "^https?://" },
      text: text(40_000, { minLength: 0 }),
      mrkdwn_in: { type: "array", maxItems: 0 },
      footer: text(300),
    }, ["title_link"]),
  },
}, ["channel"]));

/** What Slack shows, which reads what is in `<…>` itself. */
function shownBySlack(text: string): string {
  if (/[<>]/.test(text)) throw new Refused(400, "invalid_payload");
  return text.replace(/&(\w+;)?/g, (_, name) => {
    const character = { "amp;": "&", "lt;": "<", "gt;": ">" }[name as string];
    if (character === undefined) throw new Refused(400, "invalid_payload");
    return character;
  });
}

/** What Mattermost and Rocket.Chat show, which read `<!here>`, too. */
function shownByOthers(text: string): string {
  if (/<|\]\(|(?<!\\)(?:\\\\)*[*_~`]/.test(text.replace(/https?:\S+/g, ""))) {
    throw new Refused(400, `markup in ${text}`);
  }
  return text.replace(/\\(\W)/g, "$1");
}

const answer: Answer = ({ url, json }) => {
  if (!/^\/(?:services\/T\w+\/B\w+\/\w+|hooks\/\w+)$/.test(url.pathname)) {
    throw new Refused(404, "no_service");
  }
  const problems = problemsOf(json);
  if (problems.length > 0) throw new Refused(400, problems.join("\n"));
  const shown = url.pathname.startsWith("/services/")
    ? shownBySlack
    : shownByOthers;
  for (const { fallback, title, text } of json.attachments) {
    const all = [shownBySlack(fallback), shown(title), shown(text)];
    if (all.some(hasMention)) throw new Refused(400, "a mention");
  }
  return new Response("ok");
};

async function attachmentOf(letter: Letter, url = SLACK) {
  return (await bodyOf(slack, letter, { url })).attachments[0];
}

Deno.test("slack posts an attachment with the title, the text and a link", async () => {
  await using slackService = service(answer);
  const delivery = await slackService.deliver(slack, LETTERS.down, {
    url: SLACK,
  });
  assert(delivery.ok, JSON.stringify(delivery));
  assertEquals(slackService.posted.map(({ json }) => json), [{
    unfurl_links: false,
    unfurl_media: false,
    attachments: [{
      fallback: "DOWN web: 10.0.0.5:443 refused the connection (2 min)",
      color: "#c4232b",
      title: "DOWN web: 10.0.0.5:443 refused the connection (2 min)",
      title_link: "https://status.example/checks/web",
      text: `Target: https://shop.example/ (http)
Group: edge
Since: 12:58 Europe/Berlin (2 min)
First: No answer within 10s
Now: 10.0.0.5:443 refused the connection
Page: https://status.example/checks/web`,
      mrkdwn_in: [],
      footer: "lifesign/0.2.0",
    }],
  }]);
});

for (const [name, letter] of ALL_LETTERS) {
  Deno.test(`slack, Mattermost and Rocket.Chat take a letter: ${name}`, async () => {
    await using slackService = service(answer);
    for (const url of [SLACK, MATTERMOST]) {
      const delivery = await slackService.deliver(slack, letter, {
        url,
        channel: "ops",
      });
      assert(delivery.ok, JSON.stringify(delivery));
    }
  });
}

Deno.test("slack shows what a target says as it is", async () => {
  const letter = {
    ...LETTERS.down,
    title: "a & <b>",
    text: "<!here> *b* [l](u)",
  };
  const attachment = await attachmentOf(letter);
  assertEquals(attachment.title, "a &amp; &lt;b&gt;");
  assertEquals(attachment.text, "&lt;!here&gt; *b* [l]\u200b(u)");
});

Deno.test("Mattermost gets its Markdown escaped, but not in URLs", async () => {
  const text = `# ${MARKS}\n-# x\n> https://a.example/b_c?d=1&e=2 a_b @me`;
  const attachment = await attachmentOf({ ...LETTERS.down, text }, MATTERMOST);
  assertEquals(attachment.text.split("\n").slice(1), [
    "-\\# x",
    "&gt; https://a.example/b_c?d=1&e=2 a\\_b @\u200bme",
  ]);
  assert(attachment.text.startsWith("\\# \\*b\\* \\_i\\_ \\~s\\~ \\*\\*B"));
});

Deno.test("slack has a colour for each event", async () => {
  const colours = {
    down: "#c4232b",
    degraded: "#d79a21",
    unknown: "#8d97a1",
    reminder: "#c4232b",
    recovered: "#1a7f37",
    test: "#1a7f37",
  } as const;
  for (const [name, colour] of Object.entries(colours)) {
    const letter = LETTERS[name as keyof typeof colours];
    assertEquals((await attachmentOf(letter)).color, colour, name);
  }
});

Deno.test("slack may name another channel", async () => {
  const { channel } = await bodyOf(slack, LETTERS.down, {
    url: MATTERMOST,
    channel: "ops",
  });
  assertEquals(channel, "ops");
});

Deno.test("slack cuts what is too long once it is escaped", async () => {
  const letter = {
    ...LETTERS.down,
    title: "<".repeat(300),
    text: "&".repeat(9000),
  };
  const { title, text } = await attachmentOf(letter);
  assertEquals(title, `${"&lt;".repeat(63)}…`);
  assertEquals(text, `${"&amp;".repeat(1599)}…`);
});

Deno.test("slack tells what went wrong, and whether to try again", async () => {
  await using slackService = service(answer);
  assertEquals(
    await slackService.deliver(slack, LETTERS.down, {
      url: "https://hooks.slack.com/services/gone",
    }),
    {
      ok: false,
      why: "got 404: no_service",
      isFinal: true,
      mayHaveArrived: false,
    },
  );
  const results = [
    response(200, "ok"),
    response(200, "ok\n"),
    response(200),
    response(200, { success: true }),
    response(200, { result: "success", msg: "" }),
    response(200, "invalid_payload"),
    response(200, { ok: false, error: "channel_not_found" }),
    response(200, { success: false, error: "Invalid integration id" }),
    response(200, " <!doctype html><title>Log in</title>"),
    response(500, "rollup_error"),
  ].map((it) => {
    const result = judged(slack, it);
    return result.ok || [result.why, result.isFinal];
  });
  assertEquals(results, [
    true,
    true,
    true,
    true,
    true,
    ["got 200: invalid_payload", true],
    ["got 200: channel_not_found", true],
    ["got 200: Invalid integration id", true],
    [
      "expected an answer of an incoming webhook, got 200 of something else",
      false,
    ],
    ["got 500: rollup_error", false],
  ]);
});

Deno.test("slack keeps its URL secret, and needs its host", () => {
  assertEquals(slack.needs({ url: SLACK }), [
    { name: "net", host: "hooks.slack.com:443" },
  ]);
  assertEquals(slack.secrets({ url: SLACK }), [
    "/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
    "/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
    "XXXXXXXXXXXXXXXXXXXXXXXX",
  ]);
});
