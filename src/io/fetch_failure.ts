import { missingFlag } from "../core/access.ts";
import { oneLine } from "../core/text.ts";

/** Why `fetch` got no response. */
export interface FetchFailure {
  /** Why, in one line, without the URL. */
  readonly why: string;
  /** Whether it is of no use to try again. */
  readonly isFinal: boolean;
  /** Whether the request may have arrived all the same. */
  readonly mayHaveArrived: boolean;
}

/** A sign in the errors of `fetch`, and what it means of a host. */
interface Symptom {
  readonly sign: RegExp;
  readonly why: (host: string, text: string) => string;
}

/** What goes wrong before a request is sent. The first match decides. */
const UNCONNECTED: readonly Symptom[] = [
  {
    sign: /dns error|failed to lookup/i,
    why: (host) => `cannot resolve ${host.replace(/:\d+$/, "")}`,
  },
  {
    sign: /connection refused/i,
    why: (host) => `${host} refused the connection`,
  },
  {
    sign: /no route to host|unreachable/i,
    why: (host) => `there is no route to ${host}`,
  },
  {
    sign: /timed out/i,
    why: (host) => `${host} did not answer the connection attempt`,
  },
  {
    sign: /certificate/i,
    why: (host, text) =>
      `the certificate of ${host} is not trusted: ${lastPart(text)}`,
  },
  {
    sign: /\btls\b|InvalidContentType|received (?:corrupt|fatal)/i,
    why: (host) => `the TLS handshake with ${host} failed`,
  },
  {
    sign: /reset by peer|closed/i,
    why: (host) => `${host} closed the connection`,
  },
];

/**
 * Says what an error of `fetch` means for a request to a URL. `redact` takes the
 * secrets out of what others said.
 */
export function fetchFailure(
  thrown: unknown,
  url: string,
  redact: (text: string) => string = (text) => text,
): FetchFailure {
  const { host } = new URL(url);
  const text = chain(thrown);
  const again = (why: string, mayHaveArrived: boolean): FetchFailure => ({
    why,
    isFinal: false,
    mayHaveArrived,
  });
  if (thrown instanceof Error && thrown.name === "NotCapable") {
    const flag = missingFlag(thrown.message) ?? `--allow-net=${host}`;
    return again(`not allowed by Deno: run with ${flag}`, false);
  }
  if (/port \d+ (?:is|are) blocked/.test(text)) {
    const why = `fetch does not connect to the port of ${host}`;
    return { ...again(why, false), isFinal: true };
  }
  if (/\(Connect\)/.test(text)) {
    const symptom = UNCONNECTED.find(({ sign }) => sign.test(text));
    return again(
      symptom?.why(host, text) ??
        `cannot connect to ${host}: ${redact(lastPart(text))}`,
      false,
    );
  }
  if (/closed|reset|incomplete|reading a body|eof/i.test(text)) {
    return again(`${host} closed the connection without a full answer`, true);
  }
  return again(`${host}: ${redact(lastPart(text))}`, true);
}

/** The messages of an error and its causes, without URLs. */
function chain(thrown: unknown): string {
  const parts: string[] = [];
  for (let depth = 0; thrown instanceof Error && depth < 5; depth++) {
    parts.push(thrown.message.replace(/\bhttps?:\/\/[^\s)]+/gi, "the URL"));
    thrown = thrown.cause;
  }
  return parts.join(": ");
}

/** The last part of a chained message: the runtime puts the root cause last. */
function lastPart(text: string): string {
  return oneLine(text.split(": ").at(-1)!, 120);
}
