import { cut } from "../../../core/text.ts";
import { described, NON_EMPTY_STRING } from "../../../schema/values.ts";
import type { Receiver } from "../receiver.ts";
import { COLOURS, statusOf } from "../wire/event.ts";
import {
  escapeEntities,
  escapeSlackMarkdown,
  inert,
  plainOf,
} from "../wire/plain.ts";
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

/** Options of a notifier of the type `slack`. */
export interface SlackOptions {
  readonly url: string;
  readonly channel?: string;
}

const MAX_TITLE_LENGTH = 256;

/** Slack and Mattermost take more, but nobody reads it. */
const MAX_TEXT_LENGTH = 8000;

/** The hosts where attachments are plain text unless they say otherwise. */
const SLACK_HOST = /(?:^|\.)slack(?:-gov)?\.com$/;

/** How Slack names errors, such as `invalid_payload`. */
const ERROR_WORD = /^[a-z]+(?:_[a-z]+)+$/;

/** Incoming webhooks of Slack, Mattermost and Rocket.Chat. */
export const slack: Receiver<SlackOptions> = {
  type: "slack",
  properties: {
    url: {
      ...described(
        SECRET_URL,
        "The URL of an incoming webhook of Slack, Mattermost or Rocket.Chat",
      ),
      examples: ["${SLACK_URL}"],
    },
    channel: {
      ...described(
        NON_EMPTY_STRING,
        "Another channel than that of the webhook, for Mattermost and Rocket.Chat: Slack's own apps stay in theirs",
      ),
      examples: ["alerts"],
    },
  },
  required: ["url"],
  needs: ({ url }) => hostNeeds(url),
  secrets: ({ url }) => urlSecrets(url),
  toRequests(letter, { url, channel }) {
    const escape = SLACK_HOST.test(new URL(url).hostname)
      ? escapeEntities
      : escapeSlackMarkdown;
    const sizeOf = (character: string) => escape(character).length;
    const { title, text } = inert(plainOf(letter));
    const short = cut(title, MAX_TITLE_LENGTH, sizeOf);
    const colour = COLOURS[statusOf(letter)].toString(16).padStart(6, "0");
    return [postJson(url, {
      ...(channel !== undefined && { channel }),
      // Slack would fetch what it links to, and show it.
      unfurl_links: false,
      unfurl_media: false,
      attachments: [{
        // What a phone shows; it has no markup.
        fallback: escapeEntities(short),
        color: `#${colour}`,
        title: escape(short),
        ...(letter.url !== null && { title_link: letter.url }),
        text: escape(cut(text, MAX_TEXT_LENGTH, sizeOf)),
        mrkdwn_in: [],
        footer: letter.agent,
      }],
    })];
  },
  judge(response) {
    const word = ERROR_WORD.exec(response.body.trim())?.[0];
    if (word !== undefined) return refusal(response, word);
    if (!isSuccess(response)) return undefined;
    if (isPage(response)) return notOf("an incoming webhook", response);
    const { ok, success, error } = jsonOf(response) ?? {};
    return ok === false || success === false
      ? refusal(response, String(error))
      : undefined;
  },
};
