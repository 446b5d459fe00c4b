import { assertEquals, assertMatch } from "@std/assert";
import type { Json } from "../../../../src/core/json.ts";
import type { Letter } from "../../../../src/sinks/notify/receiver.ts";
import {
  HOSTILE,
  letter,
  LETTERS,
  SENT_AT,
  told,
} from "../../../support/letters.ts";
import { askedOf, bodyOf } from "./webhooks.ts";

Deno.test("a body is a template, whose numbers and booleans stay", async () => {
  const body: Json = {
    msgtype: "m.text",
    body: "[{event}] {title}",
    list: [1, 0.5, true, null, "{check} is {status} since {since}"],
    nested: { "{title}": "{{title}} { title } {} {1} }{ ${x}" },
    all: "{reason}|{duration}|{url}|{id}|{text}",
  };
  const { title, text, incidents: [incident] } = LETTERS.down;
  assertEquals(await bodyOf(LETTERS.down, { body }), {
    msgtype: "m.text",
    body: `[down] ${title}`,
    list: [1, 0.5, true, null, `web is unhealthy since ${incident!.since}`],
    nested: { "{title}": "{title} { title } {} {1} }{ ${x}" },
    all:
      `10.0.0.5:443 refused the connection|2 min|https://status.example/checks/web|0mihxsc00-web|${text}`,
  });
});

Deno.test("a body says of several incidents what they have in common", async () => {
  const body = "{check}|{status}|{reason}|{since}|{duration}|{id}";
  const said = async (letter: Letter): Promise<string[]> =>
    (await askedOf(letter, { body }))[0]!.body.split("|");
  assertEquals(
    await said(letter({
      event: "down",
      incidents: [
        told({ began: SENT_AT - 60_000, status: "degraded" }),
        told({
          check: "api",
          reason: { code: "dns", message: "Cannot resolve api" },
        }),
      ],
    })),
    [
      "web, api",
      "unhealthy",
      "web: 10.0.0.5:443 refused the connection; api: Cannot resolve api",
      LETTERS.down.incidents[0]!.since,
      "2 min",
      "0mihxsc00-web",
    ],
  );
  assertEquals((await said(LETTERS.recovered))[1], "recovered");
  assertEquals((await said(LETTERS.removed))[1], "removed");
  assertEquals(await said(LETTERS.test), ["", "", "", "", "", LETTERS.test.id]);
  const [checks] = await said(LETTERS.storm);
  assertMatch(checks!, /^check-0, .*, check-9, and 1990 more$/);
});

Deno.test("nothing that a target says is taken for a placeholder or for JSON", async () => {
  const incidents = [
    told({ reason: { code: "body", message: `"{title}" ${HOSTILE}` } }),
  ];
  const hostile = letter({ event: "down", incidents });
  const body = { text: "{reason} {check}" };
  assertEquals(
    (await bodyOf(hostile, { body })).text,
    `"{title}" ${HOSTILE.toWellFormed()} web`,
  );
});

Deno.test("a body that is a string is sent as plain text", async () => {
  const [asked] = await askedOf(LETTERS.down, { body: "{title}\n{url}" });
  assertEquals(asked!.body, `${LETTERS.down.title}\n${LETTERS.down.url}`);
  assertEquals(
    asked!.headers.get("content-type"),
    "text/plain; charset=utf-8",
  );
});

Deno.test("a body has the whole numbers of the config file", async () => {
  const body = { chat: 9007199254740993n } as unknown as Json;
  const [asked] = await askedOf(LETTERS.down, { body });
  assertEquals(asked!.body, '{"chat":9007199254740993}');
});
