import { assert, assertEquals, assertLess } from "@std/assert";
import { teams } from "../../../../src/sinks/notify/receivers/teams.ts";
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

const URL_ =
  "https://default1a2b.3c.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/0a1b2c3d/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=Zm9vYmFyYmF6cXV4Zm9vYmFy";

/** What may be in a card of version 1.2. */
const problemsOf = problemsBy(object({
  type: { const: "message" },
  attachments: {
    type: "array",
    minItems: 1,
    items: object({
      contentType: { const: "application/vnd.microsoft.card.adaptive" },
      contentUrl: { type: "null" },
      content: object({
        $schema: {
          const: "http://adaptivecards.io/schemas/adaptive-card.json",
        },
        type: { const: "AdaptiveCard" },
        version: { enum: ["1.0", "1.1", "1.2", "1.3", "1.4"] },
        msteams: object({ width: { const: "Full" } }),
        body: {
          type: "array",
          minItems: 1,
          items: object({
            type: { const: "RichTextBlock" },
            inlines: {
              type: "array",
              minItems: 1,
              items: object({
                type: { const: "TextRun" },
                text: text(30_000),
                size: {
                  enum: ["Small", "Default", "Medium", "Large", "ExtraLarge"],
                },
                weight: { enum: ["Lighter", "Default", "Bolder"] },
                color: {
                  enum: ["Default", "Accent", "Good", "Warning", "Attention"],
                },
              }, ["size", "weight", "color"]),
            },
          }),
        },
        actions: {
          type: "array",
          items: object({
            type: { const: "Action.OpenUrl" },
            title: text(100),
            url: { type: "string", pattern: "^https?://" },
          }),
        },
      }, ["actions"]),
    }),
  },
}));

/** Teams keeps a card as JSON in JSON, and refuses what is longer. */
const MAX_BYTES = 28 * 1024;

const answer: Answer = ({ url, json, bytes }) => {
  if (url.searchParams.get("sig") !== "Zm9vYmFyYmF6cXV4Zm9vYmFy") {
    throw new Refused(401, {
      error: { code: "DirectApiInvalidAuthorizationScheme", message: "No sig" },
    });
  }
  const problems = problemsOf(json);
  const kept = JSON.stringify(JSON.stringify(json));
  const size = Math.max(bytes, new TextEncoder().encode(kept).length);
  if (size > MAX_BYTES) problems.push(`MessageSizeExceeded: ${size}`);
  if (problems.length > 0) {
    const message = problems.join("\n");
    throw new Refused(400, { error: { code: "BadRequest", message } });
  }
  return new Response(null, { status: 202 });
};

Deno.test("teams posts a card with a heading, lines and a button", async () => {
  await using workflow = service(answer);
  const delivery = await workflow.deliver(teams, LETTERS.recovered, {
    url: URL_,
  });
  assert(delivery.ok, JSON.stringify(delivery));
  const line = (text: string) => ({
    type: "RichTextBlock",
    inlines: [{ type: "TextRun", text }],
  });
  assertEquals(workflow.posted[0]?.json, {
    type: "message",
    attachments: [{
      contentType: "application/vnd.microsoft.card.adaptive",
      contentUrl: null,
      content: {
        $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
        type: "AdaptiveCard",
        version: "1.2",
        msteams: { width: "Full" },
        body: [
          {
            type: "RichTextBlock",
            inlines: [{
              type: "TextRun",
              text: "UP web after 2 min",
              size: "Medium",
              weight: "Bolder",
              color: "Good",
            }],
          },
          line("Target: https://shop.example/ (http)"),
          line("Group: edge"),
          line("Down: 12:58 to 13:00 Europe/Berlin (2 min)"),
          line("First: No answer within 10s"),
          line("Last: 10.0.0.5:443 refused the connection"),
          line("Page: https://status.example/checks/web"),
        ],
        actions: [{
          type: "Action.OpenUrl",
          title: "Open",
          url: "https://status.example/checks/web",
        }],
      },
    }],
  });
});

for (const [name, letter] of ALL_LETTERS) {
  Deno.test(`teams takes a letter: ${name}`, async () => {
    await using workflow = service(answer);
    const delivery = await workflow.deliver(teams, letter, { url: URL_ });
    assert(delivery.ok, JSON.stringify(delivery));
  });
}

Deno.test("teams shows what a target says as it is, line by line", async () => {
  const text = `${MARKS}\n\n# x`;
  const { attachments } = await bodyOf(teams, { ...LETTERS.down, text }, {
    url: URL_,
  });
  const lines = attachments[0].content.body.slice(1)
    // deno-lint-ignore no-explicit-any
    .map(({ inlines }: any) => inlines[0].text);
  assertEquals(lines, [MARKS, "\u00a0", "# x"]);
});

Deno.test("teams has a colour for each event", async () => {
  const colours = {
    down: "Attention",
    degraded: "Warning",
    unknown: "Default",
    reminder: "Attention",
    recovered: "Good",
    test: "Good",
  } as const;
  for (const [name, colour] of Object.entries(colours)) {
    const letter = LETTERS[name as keyof typeof colours];
    const { attachments } = await bodyOf(teams, letter, { url: URL_ });
    const [heading] = attachments[0].content.body;
    assertEquals(heading.inlines[0].color, colour, name);
  }
});

Deno.test("teams cuts a card that would be too long, and not one that is not", async () => {
  const size = async (text: string) =>
    JSON.stringify(
      await bodyOf(teams, { ...LETTERS.down, text }, { url: URL_ }),
    )
      .length;
  assertLess(await size("x".repeat(100_000)), 14_000);
  assertLess(12_000, await size("x".repeat(12_000)));
});

Deno.test("teams tells what went wrong, and whether to try again", async () => {
  await using workflow = service(answer);
  assertEquals(
    await workflow.deliver(teams, LETTERS.down, {
      url: URL_.replace("sig=", "sig=x"),
    }),
    {
      ok: false,
      why: "got 401: No sig",
      isFinal: true,
      mayHaveArrived: false,
    },
  );
  const failed =
    "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error";
  const results = [
    response(202),
    response(200, "1"),
    response(200, `${failed} 413 with ContextId tcid=0`),
    response(200, `${failed} 429 with ContextId tcid=0`),
    response(200, "<html>"),
    response(502, { error: { code: "NoResponse", message: "No response" } }),
  ].map((it) => {
    const result = judged(teams, it);
    return result.ok || [result.why.replace(failed, "failed"), result.isFinal];
  });
  assertEquals(results, [
    true,
    true,
    [
      "got 413: message delivery failed with error: Microsoft Teams endpoint returned HTTP error 413",
      true,
    ],
    [
      "got 429: message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429",
      false,
    ],
    ["expected an answer of a workflow, got 200 of something else", false],
    ["got 502: No response", false],
  ]);
});

Deno.test("teams keeps its URL secret, and needs its host", () => {
  assertEquals(teams.needs({ url: URL_ }), [
    {
      name: "net",
      host: "default1a2b.3c.environment.api.powerplatform.com:443",
    },
  ]);
  assert(teams.secrets({ url: URL_ }).includes("Zm9vYmFyYmF6cXV4Zm9vYmFy"));
});
