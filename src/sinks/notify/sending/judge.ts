import type { Delivery } from "../../../core/notify/status.ts";
import { withoutCredentials } from "../../../core/secrets.ts";
import { excerpt, parsedUrl } from "../../../core/text.ts";
import type { ReceiverResponse } from "../receiver.ts";

/** What a response means, by its status: see `Receiver.judge`. */
export function judge(
  { status, headers, body }: ReceiverResponse,
  { url, now, redact }: {
    /** Where the request went. */
    readonly url: string;
    /** The time, in milliseconds of the epoch. */
    readonly now: number;
    /** Takes secrets out of a text. */
    readonly redact: (text: string) => string;
  },
): Delivery {
  const said = body.trim() === "" ? "" : `: ${excerpt(redact(body))}`;
  if (status >= 200 && status < 300) {
    return { ok: true, answer: `${status}${said}` };
  }
  if (status >= 300 && status < 400) {
    const to = redact(placeOf(headers.get("location"), url));
    const why = `expected 2xx, got ${status}, a redirect${to}`;
    return { ok: false, why, isFinal: true, mayHaveArrived: false };
  }
  const isServer = status >= 500;
  const isFinal = !isServer && ![408, 425, 429].includes(status);
  const retryAfterMs = isFinal
    ? undefined
    : retryAfter(headers.get("retry-after"), now);
  return {
    ok: false,
    why: `expected 2xx, got ${status}${said}`,
    isFinal,
    mayHaveArrived: isServer,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/**
 * How long to wait, in milliseconds, by the header Retry-After: seconds, or a date
 * (RFC 9110, section 10.2.3).
 */
function retryAfter(
  header: string | null,
  now: number,
): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  // Others than those of HTTP would be dates, too.
  const at = /GMT$|^\w{3} \w{3} /.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** Where a redirect points, without what may be secret in it. */
function placeOf(location: string | null, url: string): string {
  if (location === null) return "";
  const to = URL.canParse(location, url) ? new URL(location, url).href : "";
  const parsed = parsedUrl(to);
  if (parsed === null) return "";
  return ` to ${withoutCredentials(`${parsed.origin}${parsed.pathname}`)}`;
}
