import { unlessAborted } from "../../io/abort.ts";
import { fetchFailure } from "../../io/fetch_failure.ts";
import { denied } from "../../io/permission_flags.ts";
import { readCapped } from "../../io/read.ts";
import { sleep } from "../../io/sleep.ts";
import { VERSION } from "../../version.ts";
import { type AliveValue, hostOf } from "./value.ts";

/** How much of an answer is read, in bytes. */
const MAX_ANSWER_BYTES = 256;

/** Options for {@linkcode call}. */
export interface CallOptions {
  /** Ends the call. */
  readonly signal: AbortSignal;
  /**
   * How long it may take, in milliseconds.
   *
   * @default {10_000}
   */
  readonly deadlineMs?: number;
}

/** Makes a call. Returns why it failed, without the URL, or `null` if it did not. */
export async function call(
  { url, method }: Pick<AliveValue, "url" | "method">,
  { signal, deadlineMs = 10_000 }: CallOptions,
): Promise<string | null> {
  // Not to be asked for on a terminal.
  const why = denied([hostOf(url)]);
  if (why !== undefined) return why;
  const done = new AbortController();
  const late = new AbortController();
  void sleep(deadlineMs, done.signal).then(() => late.abort());
  const end = AbortSignal.any([signal, late.signal]);
  try {
    return await unlessAborted(request(url, method, end), end);
  } catch (error) {
    return late.signal.aborted
      ? `no answer within ${deadlineMs / 1000}s`
      : fetchFailure(error, url).why;
  } finally {
    done.abort();
  }
}

async function request(
  url: string,
  method: string,
  signal: AbortSignal,
): Promise<string | null> {
  const { status, body } = await fetch(url, {
    method,
    headers: { "user-agent": `lifesign/${VERSION}` },
    // To another host, for which there may be no permission.
    redirect: "manual",
    signal,
  });
  const { bytes } = body === null
    ? { bytes: new Uint8Array() }
    : await readCapped(body, { maxBytes: MAX_ANSWER_BYTES });
  if (status < 200 || status > 299) return `expected 2xx, got ${status}`;
  // What healthchecks.io says, with status 200, if it takes no notice of a call:
  // "OK (not found)" or "OK (rate limited)".
  const [refusal] = /^OK \([a-z ]+\)/.exec(new TextDecoder().decode(bytes)) ??
    [];
  return refusal === undefined ? null : `it answered "${refusal}"`;
}
