import type { MessageEvent } from "../../../core/notify/message.ts";
import { cut } from "../../../core/text.ts";
import { described } from "../../../schema/values.ts";
import type { Receiver } from "../receiver.ts";
import { EVENTS } from "../wire/event.ts";
import { escapeEntities, inert, plainOf } from "../wire/plain.ts";
import {
  hostNeeds,
  isJson,
  isSuccess,
  jsonOf,
  notOf,
  postJson,
  refusal,
  urlSecrets,
  WEB_URL,
} from "../wire/post.ts";

/** Options of a notifier of the type `telegram`. */
export interface TelegramOptions {
  readonly token: string;
  readonly chat_id: string | number;
  readonly thread_id?: number;
  readonly silent?: boolean | readonly MessageEvent[];
  readonly api?: string;
}

const API = "https://api.telegram.org";

const MAX_TITLE_LENGTH = 256;

/** Without the markup and its escapes. */
const MAX_LENGTH = 4096;

/** What to do about what Telegram says in few words. */
const HINTS: Readonly<Record<number, string>> = {
  401: "is the token of the bot right?",
  404: "is the token of the bot right?",
};

/** Bots of Telegram. */
export const telegram: Receiver<TelegramOptions> = {
  type: "telegram",
  properties: {
    token: {
      title: "the token of a bot such as 123456:ABC-DEF",
      description: "The token of the bot that writes",
      examples: ["${TELEGRAM_TOKEN}"],
      type: "string",
      pattern: "^\\d+:[\\w-]+$",
      writeOnly: true,
    },
    chat_id: {
      title: "the id of a chat such as -1001234567890, or a name such as @ops",
      description: "The chat to write to",
      examples: [-1001234567890, "@ops"],
      type: ["integer", "string"],
      pattern: "^(?:-?\\d+|@\\w+)$",
    },
    thread_id: {
      title: "the id of a topic, a whole number of 1 or more",
      description: "The topic of the chat to write to, if it has some",
      type: "integer",
      minimum: 1,
    },
    silent: {
      title: "true or false, or a list of events such as [up]",
      description: "Whether phones make no sound, or for which messages",
      default: false,
      examples: [true, ["up", "degraded"]],
      anyOf: [
        { type: "boolean" },
        { type: "array", items: { enum: EVENTS }, minItems: 1 },
      ],
    },
    api: described(WEB_URL, "The URL of a Bot API server of your own", API),
  },
  required: ["token", "chat_id"],
  needs: ({ api = API }) => hostNeeds(api),
  secrets: ({ token, api = API }) => [token, ...urlSecrets(api)],
  toRequests(letter, { token, chat_id, thread_id, silent, api = API }) {
    const plain = inert(plainOf(letter));
    const title = cut(plain.title, MAX_TITLE_LENGTH);
    const text = cut(plain.text, MAX_LENGTH - title.length - "\n\n".length);
    const isSilent = Array.isArray(silent)
      ? silent.includes(letter.event)
      : silent === true;
    return [postJson(`${api.replace(/\/+$/, "")}/bot${token}/sendMessage`, {
      chat_id,
      ...(thread_id !== undefined && { message_thread_id: thread_id }),
      parse_mode: "HTML",
      text: `<b>${escapeEntities(title)}</b>\n\n${escapeEntities(text)}`,
      link_preview_options: { is_disabled: true },
      ...(isSilent && { disable_notification: true }),
    })];
  },
  judge(response) {
    if (isSuccess(response)) {
      return isJson(response) ? undefined : notOf("the Bot API", response);
    }
    const { description, parameters } = jsonOf(response) ?? {};
    if (typeof description !== "string") return undefined;
    const { migrate_to_chat_id, retry_after } = (parameters ?? {}) as Readonly<
      Record<string, unknown>
    >;
    if (migrate_to_chat_id !== undefined) {
      return refusal(
        response,
        `the group has become a supergroup: write chat_id: ${migrate_to_chat_id}`,
      );
    }
    const hint = HINTS[response.status];
    const said = hint === undefined ? description : `${description}; ${hint}`;
    return refusal(response, said, retry_after);
  },
};
