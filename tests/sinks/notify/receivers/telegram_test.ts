import { assert, assertEquals } from "@std/assert";
import {
  telegram,
  type TelegramOptions,
} from "../../../../src/sinks/notify/receivers/telegram.ts";
import { LETTERS } from "../../../support/letters.ts";
import {
  ALL_LETTERS,
  type Answer,
  bodyOf,
  hasMention,
  judged,
  object,
  problemsBy,
  Refused,
  requestsOf,
  response,
  service,
  text,
} from "./service.ts";

const OPTIONS: TelegramOptions = {
  token: "123456:ABC-DEF1234ghIkl_zyx57W2v1u123ew11",
  chat_id: -1001234567890,
};

const problemsOf = problemsBy(object({
  chat_id: { type: ["integer", "string"] },
  message_thread_id: { type: "integer", minimum: 1 },
  parse_mode: { const: "HTML" },
  text: text(100_000),
  link_preview_options: object({ is_disabled: { const: true } }),
  disable_notification: { const: true },
}, ["message_thread_id", "disable_notification"]));

function refused(status: number, description: string, parameters?: object) {
  return new Refused(status, {
    ok: false,
    error_code: status,
    description,
    ...(parameters && { parameters }),
  });
}

/** What is left of HTML once its entities are read, as Telegram reads them. */
function parsed(html: string): string {
  const text = html.replace(/<\/?b>/g, "");
  if (/<|>|&(?!(?:lt|gt|amp|quot);)/.test(text)) {
    throw refused(400, "Bad Request: can't parse entities");
  }
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"').replaceAll("&amp;", "&").trim();
}

const answer: Answer = ({ url, json }) => {
  if (url.pathname !== `/bot${OPTIONS.token}/sendMessage`) {
    throw refused(404, "Not Found");
  }
  const problems = problemsOf(json);
  if (problems.length > 0) throw refused(400, problems.join("\n"));
  if (json.chat_id === -4) {
    throw refused(
      400,
      "Bad Request: group chat was upgraded to a supergroup chat",
      { migrate_to_chat_id: -1001234567890 },
    );
  }
  if (json.chat_id === -5) {
    throw refused(429, "Too Many Requests: retry after 17", {
      retry_after: 17,
    });
  }
  if (![-1001234567890, "@ops"].includes(json.chat_id)) {
    throw refused(400, "Bad Request: chat not found");
  }
  const shown = parsed(json.text);
  if (shown === "") throw refused(400, "Bad Request: message text is empty");
  if (shown.length > 4096) {
    throw refused(400, "Bad Request: message is too long");
  }
  if (hasMention(shown)) throw refused(400, "a mention");
  // It is longer than what is read of it.
  return Response.json({ ok: true, result: { message_id: 1, text: shown } });
};

Deno.test("telegram sends HTML with a bold title", async () => {
  await using bot = service(answer);
  const delivery = await bot.deliver(telegram, LETTERS.removed, {
    ...OPTIONS,
    thread_id: 7,
    silent: ["up"],
  });
  assert(delivery.ok, JSON.stringify(delivery));
  assertEquals(bot.posted[0]?.json, {
    chat_id: -1001234567890,
    message_thread_id: 7,
    parse_mode: "HTML",
    text: `<b>REMOVED web, which was down for 2 min</b>

Target: https://shop.example/ (http)
Group: edge
Down: 12:58 to 13:00 Europe/Berlin (2 min)
First: No answer within 10s
Last: 10.0.0.5:443 refused the connection
Page: https://status.example/`,
    link_preview_options: { is_disabled: true },
    disable_notification: true,
  });
});

for (const [name, letter] of ALL_LETTERS) {
  Deno.test(`telegram takes a letter: ${name}`, async () => {
    await using bot = service(answer);
    const delivery = await bot.deliver(telegram, letter, {
      ...OPTIONS,
      chat_id: "@ops",
    });
    assert(delivery.ok, JSON.stringify(delivery));
  });
}

Deno.test("telegram counts characters without their escapes", async () => {
  const letter = { ...LETTERS.down, title: "t", text: "<".repeat(5000) };
  const { text } = await bodyOf(telegram, letter, OPTIONS);
  assertEquals(text, `<b>t</b>\n\n${"&lt;".repeat(4096 - 4)}…`);
});

Deno.test("telegram makes no sound where it is to be silent", async () => {
  const isSilent = async (
    name: "down" | "recovered",
    silent?: boolean | ["up"],
  ) => {
    const body = await bodyOf(telegram, LETTERS[name], {
      ...OPTIONS,
      ...(silent !== undefined && { silent }),
    });
    return body.disable_notification ?? false;
  };
  assertEquals(await isSilent("down"), false);
  assertEquals(await isSilent("down", false), false);
  assertEquals(await isSilent("down", true), true);
  assertEquals(await isSilent("down", ["up"]), false);
  assertEquals(await isSilent("recovered", ["up"]), true);
});

const FAILURES: readonly (readonly [
  options: Partial<TelegramOptions>,
  why: string,
  more: { isFinal: boolean; retryAfterMs?: number },
])[] = [
  [
    { chat_id: -4 },
    "got 400: the group has become a supergroup: write chat_id: -1001234567890",
    {
      isFinal: true,
    },
  ],
  [{ chat_id: -5 }, "got 429: Too Many Requests: retry after 17", {
    isFinal: false,
    retryAfterMs: 17_000,
  }],
  [{ chat_id: "@nobody" }, "got 400: Bad Request: chat not found", {
    isFinal: true,
  }],
  [{ token: "1:x" }, "got 404: Not Found; is the token of the bot right?", {
    isFinal: true,
  }],
];

for (const [options, why, more] of FAILURES) {
  Deno.test(`telegram says ${why}`, async () => {
    await using bot = service(answer);
    assertEquals(
      await bot.deliver(telegram, LETTERS.down, {
        ...OPTIONS,
        ...options,
      }),
      {
        ok: false,
        why,
        mayHaveArrived: false,
        ...more,
      },
    );
  });
}

Deno.test("telegram does not take another page for an answer", () => {
  assertEquals(judged(telegram, response(200, "<html>")), {
    ok: false,
    why: "expected an answer of the Bot API, got 200 of something else",
    isFinal: false,
    mayHaveArrived: true,
  });
  assertEquals(telegram.judge!(response(502, "<html>")), undefined);
});

Deno.test("telegram keeps its token secret, and can use another server", async () => {
  assertEquals(telegram.secrets(OPTIONS), [OPTIONS.token]);
  assertEquals(telegram.needs(OPTIONS), [
    { name: "net", host: "api.telegram.org:443" },
  ]);
  const [usual] = await requestsOf(telegram, LETTERS.test, OPTIONS);
  assertEquals(
    usual?.url,
    `https://api.telegram.org/bot${OPTIONS.token}/sendMessage`,
  );
  const options = { ...OPTIONS, api: "http://[::1]:8081/" };
  assertEquals(telegram.needs(options), [{ name: "net", host: "[::1]:8081" }]);
  const [request] = await requestsOf(telegram, LETTERS.test, options);
  assertEquals(
    request?.url,
    `http://[::1]:8081/bot${OPTIONS.token}/sendMessage`,
  );
});
