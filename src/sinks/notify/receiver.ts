import type { Message, ToldIncident } from "../../core/notify/message.ts";
import type { Delivery } from "../../core/notify/status.ts";
import type { Say } from "../../core/say.ts";
import type { Schema } from "../../schema/schema.ts";

/** A message in words. */
export interface Letter extends Omit<Message, "incidents"> {
  /** The program that sends it, such as `lifesign/0.2.0`. */
  readonly agent: string;
  /** When it is sent, in milliseconds of the epoch. */
  readonly now: number;
  /** What a person needs in one line; the first 60 characters say it. */
  readonly title: string;
  /** All of it, as lines of plain text; it does not begin with the title. */
  readonly text: string;
  /** The same as HTML, for e-mail. */
  readonly html: () => string;
  readonly incidents: readonly LetterIncident[];
  /** Where to look: the page of the check, or of all checks. */
  readonly url: string | null;
  /**
   * Puts in words some of its incidents alone, for who gets a message for each
   * {@linkcode ToldIncident.key}.
   */
  readonly only: (isKept: (incident: ToldIncident) => boolean) => Letter;
}

/** An incident in a letter. */
export interface LetterIncident extends ToldIncident {
  /** How long it has lasted, or did last, in milliseconds. */
  readonly durationMs: number;
  /** Since when, as the clocks of the configured time zone show it. */
  readonly since: string;
  /**
   * The page of its check, if the URL of the agent is known, and not longer than
   * receivers take.
   */
  readonly url: string | null;
}

/** A request that a receiver takes. */
export interface ReceiverRequest {
  readonly url: string;
  /** @default {"POST"} */
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a receiver answered. */
export interface ReceiverResponse {
  readonly status: number;
  readonly headers: Headers;
  /** The beginning of its body. */
  readonly body: string;
}

/** What a {@linkcode Receiver} gets to deliver a message in its own way. */
export interface DeliveryContext {
  /** Aborts at the deadline. */
  readonly signal: AbortSignal;
  /** Tells the user something, in one line. */
  readonly say: Say;
  /** Sends a request, and judges the response, as it is done with `toRequests`. */
  readonly send: (request: ReceiverRequest) => Promise<Delivery>;
}

/**
 * A type of notifier: what its options are, and what goes over the wire. It makes
 * requests, or delivers in its own way.
 */
// Only the receiver itself knows the type of its options.
// deno-lint-ignore no-explicit-any
export interface Receiver<Options = any> {
  /** What `type` is in a config file. */
  readonly type: string;
  /** The options, in the words of a config file, beside those of all notifiers. */
  readonly properties: Readonly<Record<string, Schema>>;
  /** Those of them that there must be. */
  readonly required?: readonly string[];
  /** Finds the problems of options that have met the schema. */
  readonly problems?: (
    options: Options,
  ) => readonly { readonly option: string; readonly problem: string }[];
  /** The permissions that it needs. */
  readonly needs: (options: Options) => readonly Deno.PermissionDescriptor[];
  /** The secrets in its options, which no message to people may show. */
  readonly secrets: (options: Options) => readonly string[];
  /**
   * The requests that deliver a letter, in their order. None, if the receiver is
   * not to be told of it. Pure. A repeated letter makes the same requests.
   */
  readonly toRequests?: (
    letter: Letter,
    options: Options,
  ) => readonly ReceiverRequest[] | Promise<readonly ReceiverRequest[]>;
  /**
   * What a response means, if its status does not tell. By default 2xx is a
   * success; 408, 429 and 5xx are tried again, and everything else is final.
   */
  readonly judge?: (response: ReceiverResponse) => Delivery | undefined;
  /** Delivers a letter in its own way, if it makes no requests. */
  readonly deliver?: (
    letter: Letter,
    options: Options,
    context: DeliveryContext,
  ) => Promise<Delivery>;
  /**
   * How long a delivery, or each request of it, may take, in milliseconds.
   *
   * @default {10_000}
   */
  readonly deadlineMs?: number;
  /**
   * How often it is told all that lasts or has ended lately, beside its messages,
   * in milliseconds, if it forgets what it is not told again.
   */
  readonly refreshMs?: number;
}
