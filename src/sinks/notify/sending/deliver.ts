import type { Delivery } from "../../../core/notify/status.ts";
import type { Say } from "../../../core/say.ts";
import { oneLine, thrownInWords } from "../../../core/text.ts";
import { unlessAborted } from "../../../io/abort.ts";
import { wallTime } from "../../../io/clock.ts";
import { fetchFailure } from "../../../io/fetch_failure.ts";
import { denied } from "../../../io/permission_flags.ts";
import { patience, sleep } from "../../../io/sleep.ts";
import { redactorOf } from "../receiver_secrets.ts";
import type { Letter, Receiver, ReceiverRequest } from "../receiver.ts";
import { judge } from "./judge.ts";

/** How long a request may take, or a delivery that makes none. */
const DEADLINE_MS = 10_000;

/** How much of an answer is read, in bytes. */
const MAX_ANSWER = 4096;

/** How long its body may take, once the status is known. */
const BODY_MS = 2000;

/**
 * How long a receiver may take to say what came of it, once it is to end: a command
 * is killed after a second, unless this process has ended before.
 */
const LAST_WORDS_MS = 3000;

/** Where letters go, and how. */
export interface Destination {
  readonly receiver: Receiver;
  /** Its options, in the words of a config file. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Tells the user something, in one line. */
  readonly say: Say;
}

/** Options for {@linkcode deliver}. */
export interface DeliverOptions {
  /** Ends the delivery. */
  readonly signal: AbortSignal;
  /** How many of its requests were taken before, if it is repeated. */
  readonly taken?: number;
  /** Called with how many of its requests are taken by now. */
  readonly onTaken?: (taken: number) => void;
  /**
   * How long a request may take, in milliseconds; by default as the receiver says.
   */
  readonly deadlineMs?: number;
}

/** Delivers a letter, and says what came of it. It never rejects. */
export async function deliver(
  letter: Letter,
  { receiver, options, say }: Destination,
  { signal, taken = 0, onTaken, ...more }: DeliverOptions,
): Promise<Delivery> {
  // Not to be asked for on a terminal, where everything waits for the answer.
  const why = denied(receiver.needs(options));
  if (why !== undefined) {
    return { ok: false, why, isFinal: false, mayHaveArrived: false };
  }
  const redact = redactorOf(receiver, options);
  const deadlineMs = more.deadlineMs ?? receiver.deadlineMs ?? DEADLINE_MS;
  const limits = { signal, deadlineMs };
  const { agent } = letter;
  const send = (request: ReceiverRequest): Promise<Delivery> =>
    sendOne(request, { receiver, redact, agent, ...limits });
  if (receiver.deliver !== undefined) {
    try {
      const delivery = await inTime(
        limits,
        (signal) => receiver.deliver!(letter, options, { signal, say, send }),
      );
      return redacted(delivery, redact);
    } catch (error) {
      return unexpected(error, redact);
    }
  }
  let requests: readonly ReceiverRequest[];
  try {
    requests = await receiver.toRequests?.(letter, options) ?? [];
  } catch (error) {
    return unexpected(error, redact);
  }
  let delivery: Delivery = { ok: true, answer: "nothing to send" };
  for (const [i, request] of requests.entries()) {
    if (i < taken) continue;
    delivery = await send(request);
    if (!delivery.ok) {
      return i > 0 ? { ...delivery, mayHaveArrived: true } : delivery;
    }
    onTaken?.(i + 1);
  }
  return delivery;
}

/** How long something may take, and what else ends it. */
interface Limits {
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
}

/** Sends a request, and judges the response. */
async function sendOne(
  { url, method = "POST", headers, body }: ReceiverRequest,
  { receiver, redact, agent, ...limits }: Limits & {
    readonly receiver: Receiver;
    readonly redact: (text: string) => string;
    readonly agent: string;
  },
): Promise<Delivery> {
  let response: Response;
  try {
    const all = new Headers(headers);
    if (!all.has("user-agent")) all.set("user-agent", agent);
    response = await inTime(
      limits,
      (signal) =>
        fetch(url, { method, headers: all, body, signal, redirect: "manual" }),
    );
  } catch (error) {
    return error instanceof NoAnswer
      ? unexpected(error, redact)
      : { ok: false, ...fetchFailure(error, url, redact) };
  }
  const { status } = response;
  const answer = {
    status,
    headers: response.headers,
    body: await beginningOf(response),
  };
  const own = receiver.judge?.(answer);
  return own === undefined
    ? judge(answer, { url, now: wallTime(), redact })
    : redacted(own, redact);
}

/**
 * The beginning of a body. It may never end, and does not matter much: the status
 * is known.
 */
async function beginningOf({ body }: Response): Promise<string> {
  if (body === null) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const end = new AbortController();
  void sleep(BODY_MS, end.signal).then(() => reader.cancel()).catch(() => {});
  let text = "";
  let bytes = 0;
  try {
    while (bytes < MAX_ANSWER) {
      const { done, value } = await reader.read();
      if (done) break;
      const part = value.subarray(0, MAX_ANSWER - bytes);
      text += decoder.decode(part, { stream: true });
      bytes += value.length;
    }
  } catch {
    // It was cut off.
  }
  end.abort();
  return text;
}

/** There was no answer in time. */
class NoAnswer extends Error {}

/** Does something that takes no longer than a deadline, whatever it does. */
async function inTime<T>(
  { signal: outer, deadlineMs }: Limits,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const end = new AbortController();
  const deadline = new AbortController();
  const signal = AbortSignal.any([deadline.signal, outer]);
  void sleep(deadlineMs, end.signal).then(() => {
    if (!end.signal.aborted) deadline.abort();
  });
  const running = run(signal);
  let result: { readonly value: T } | undefined;
  try {
    return await unlessAborted(running, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    // A receiver knows best how far it was.
    const ended = running.then((value) => void (result = { value }));
    await patience(ended, LAST_WORDS_MS);
    if (result !== undefined) return result.value;
    throw new NoAnswer(
      outer.aborted
        ? "ended before there was an answer"
        : `no answer within ${deadlineMs / 1000}s`,
    );
  } finally {
    end.abort();
  }
}

/** There was no answer, or the receiver threw. */
function unexpected(
  error: unknown,
  redact: (text: string) => string,
): Delivery {
  const why = error instanceof NoAnswer
    ? error.message
    : redact(thrownInWords(error));
  return { ok: false, why, isFinal: false, mayHaveArrived: true };
}

function redacted(
  delivery: Delivery,
  redact: (text: string) => string,
): Delivery {
  return delivery.ok
    ? { ...delivery, answer: oneLine(redact(delivery.answer)) }
    : { ...delivery, why: oneLine(redact(delivery.why)) };
}
