import { cut } from "../../../core/text.ts";
import type { Receiver } from "../receiver.ts";
import { COLOURS, statusOf } from "../wire/event.ts";
import { escapeMarkdown, inert, plainOf } from "../wire/plain.ts";
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
import { described } from "../../../schema/values.ts";

/** Options of a notifier of the type `discord`. */
export interface DiscordOptions {
  readonly url: string;
  readonly thread_id?: string | number;
}

// Discord counts code points, of which there are never more than code units. The
// sum of them and the footer may be 6000.
const MAX_TITLE_LENGTH = 256;
const MAX_TEXT_LENGTH = 4096;

/** What Discord takes for a host in the URL of an embed: it refuses all others. */
const PUBLIC_NAME = /^(?:[\w-]+\.)+[a-z][a-z\d-]+$/i;

const sizeOf = (character: string): number => escapeMarkdown(character).length;

/** Webhooks of Discord. */
export const discord: Receiver<DiscordOptions> = {
  type: "discord",
  properties: {
    url: {
      ...described(SECRET_URL, "The URL of a webhook of Discord"),
      examples: ["${DISCORD_URL}"],
    },
    thread_id: {
      title: 'the id of a thread in quotes such as "1234567890123456789"',
      description:
        "The thread to write to; the channel of the webhook by default",
      examples: ["1234567890123456789"],
      type: ["string", "integer"],
      pattern: "^\\d+$",
    },
  },
  required: ["url"],
  problems({ url }) {
    const [, format] = /\/(slack|github)\/?$/.exec(new URL(url).pathname) ?? [];
    return format === undefined ? [] : [{
      option: "url",
      problem: `expected it without /${format} at its end`,
    }];
  },
  needs: ({ url }) => hostNeeds(url),
  secrets: ({ url }) => urlSecrets(url),
  toRequests(letter, { url, thread_id }) {
    const to = new URL(url);
    // Otherwise it is said to have been sent before it is stored.
    to.searchParams.set("wait", "true");
    if (thread_id !== undefined) {
      to.searchParams.set("thread_id", String(thread_id));
    }
    const { title, text } = inert(plainOf(letter));
    const isLinked = letter.url !== null &&
      PUBLIC_NAME.test(new URL(letter.url).hostname);
    return [postJson(to.href, {
      allowed_mentions: { parse: [] },
      embeds: [{
        title: escapeMarkdown(cut(title, MAX_TITLE_LENGTH, sizeOf)),
        ...(isLinked && { url: letter.url }),
        description: escapeMarkdown(cut(text, MAX_TEXT_LENGTH, sizeOf)),
        color: COLOURS[statusOf(letter)],
        footer: { text: letter.agent },
        timestamp: new Date(letter.at).toISOString(),
      }],
    })];
  },
  judge(response) {
    if (isSuccess(response)) {
      return isPage(response) ? notOf("Discord", response) : undefined;
    }
    const { message, retry_after } = jsonOf(response) ?? {};
    return typeof message === "string"
      ? refusal(response, message, retry_after)
      : undefined;
  },
};
