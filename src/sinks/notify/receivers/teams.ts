import type { Status } from "../../../core/types.ts";
import { byteLength, cut } from "../../../core/text.ts";
import type { Json } from "../../../core/json.ts";
import { described } from "../../../schema/values.ts";
import type { Receiver } from "../receiver.ts";
import { statusOf } from "../wire/event.ts";
import { plainOf } from "../wire/plain.ts";
import {
  hostNeeds,
  isPage,
  isSuccess,
  jsonOf,
  notOf,
  postJson,
  refusal,
  SECRET_URL,
  urlSecrets,
} from "../wire/post.ts";

/** Options of a notifier of the type `teams`. */
export interface TeamsOptions {
  readonly url: string;
}

const MAX_TITLE_LENGTH = 256;

/**
 * Teams takes messages of 28 KB, as JSON in a string of JSON. Each character may
 * count for two bytes, and the lines are not all of it.
 */
const MAX_TEXT_BYTES = 12_000;

/** What the JSON around a line takes. */
const LINE_BYTES = 100;

/** Colours of Adaptive Cards, which have names only. */
const STATUS_COLOURS: Readonly<Record<Status, string>> = {
  unhealthy: "Attention",
  degraded: "Warning",
  unknown: "Default",
  healthy: "Good",
};

function sizeOf(character: string): number {
  if (character === "\n") return LINE_BYTES;
  const quoted = JSON.stringify(JSON.stringify(character));
  return byteLength(quoted) - '"\\"\\""'.length;
}

/**
 * A line of text. The text of this element, other than that of a `TextBlock`, is
 * never taken for Markdown.
 */
function lineOf(text: string, style: Readonly<Record<string, string>> = {}) {
  return {
    type: "RichTextBlock",
    inlines: [{ type: "TextRun", text, ...style }],
  };
}

/** Workflows of Microsoft Teams that begin with a webhook. */
export const teams: Receiver<TeamsOptions> = {
  type: "teams",
  properties: {
    url: {
      ...described(
        SECRET_URL,
        "The URL of a workflow of Microsoft Teams that begins with a webhook request",
      ),
      examples: ["${TEAMS_URL}"],
    },
  },
  required: ["url"],
  needs: ({ url }) => hostNeeds(url),
  secrets: ({ url }) => urlSecrets(url),
  toRequests(letter, { url }) {
    const { title, text } = plainOf(letter);
    // A line with nothing in it would not be seen.
    const lines = cut(text, MAX_TEXT_BYTES, sizeOf).split("\n")
      .map((line): Json => lineOf(line === "" ? "\u00a0" : line));
    const heading = lineOf(cut(title, MAX_TITLE_LENGTH), {
      size: "Medium",
      weight: "Bolder",
      color: STATUS_COLOURS[statusOf(letter)],
    });
    return [postJson(url, {
      type: "message",
      attachments: [{
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.2",
          msteams: { width: "Full" },
          body: [heading, ...lines],
          ...(letter.url !== null && {
            actions: [{
              type: "Action.OpenUrl",
              title: "Open",
              url: letter.url,
            }],
          }),
        },
      }],
    })];
  },
  judge(response) {
    if (isSuccess(response)) {
      if (isPage(response)) return notOf("a workflow", response);
      // What Office 365 connectors answer with 200 if Teams refused it.
      const [said, status] =
        /message delivery failed.*HTTP error (\d+)/is.exec(response.body) ?? [];
      return said === undefined
        ? undefined
        : refusal({ ...response, status: Number(status) }, said);
    }
    const error = jsonOf(response)?.error as { message?: unknown } | undefined;
    return typeof error?.message === "string"
      ? refusal(response, error.message)
      : undefined;
  },
};
