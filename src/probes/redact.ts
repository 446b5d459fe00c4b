import { oneLine } from "../core/text.ts";
import type { Outcome, Probe } from "../core/types.ts";
import { define } from "./define.ts";

/** Shorter ones are in every other text, and are no secret. */
const MIN_SECRET_LENGTH = 4;

/** Puts something in place of what is secret in a text. */
export type Redact = (text: string) => string;

/**
 * Makes a redactor of secret values and what to show for each, such as
 * `${TOKEN}`, in whatever form a URL, a message or a command line has them.
 */
export function redactor(secrets: ReadonlyMap<string, string>): Redact {
  const shown = new Map<string, string>();
  for (const [secret, name] of secrets) {
    for (const form of formsOf(secret)) {
      if (form.length >= MIN_SECRET_LENGTH) shown.set(form, name);
    }
  }
  if (shown.size === 0) return (text) => text;
  // A secret may be a part of another one.
  const forms = [...shown.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(forms.map(RegExp.escape).join("|"), "g");
  return (text) => {
    const result = text.replace(pattern, (form) => shown.get(form)!);
    return result.includes("…") ? withoutBeginnings(result, shown) : result;
  };
}

/** What may have become of a secret on its way into a message. */
function formsOf(secret: string): Set<string> {
  const plain = [secret, oneLine(secret, Infinity)];
  return new Set(
    [...plain, ...inUrls(secret)].flatMap((text) => [
      text,
      // As texts are quoted.
      JSON.stringify(text).slice(1, -1),
      // As command lines are quoted.
      text.replaceAll("'", "'\\''"),
    ]),
  );
}

/** What becomes of a text in a URL, or of one that is a URL. */
function inUrls(text: string): string[] {
  const forms = [
    encodeURIComponent(text.toWellFormed()),
    URL.parse(`http://x/${text}`)?.pathname.slice(1) ?? "",
    URL.parse(`http://x/?${text}`)?.search.slice(1) ?? "",
  ];
  if (/^https?:/i.test(text)) {
    const url = URL.parse(text);
    if (url === null) return forms;
    // As probes show it.
    url.username = url.password = url.hash = "";
    forms.push(url.href, url.href.replace(/\/$/, ""), url.host, url.hostname);
  } else if (/^[^\s/?#@\\]+$/.test(text)) {
    forms.push(URL.parse(`http://${text}`)?.host ?? "");
  }
  return forms;
}

/** Redacts the beginning of a secret where an ellipsis cut off the rest. */
function withoutBeginnings(
  text: string,
  shown: ReadonlyMap<string, string>,
): string {
  for (let at = text.indexOf("…"); at >= 0; at = text.indexOf("…", at + 1)) {
    let [longest, found] = [MIN_SECRET_LENGTH - 1, ""];
    for (const [form, name] of shown) {
      let length = Math.min(form.length - 1, at);
      while (length > longest && !text.endsWith(form.slice(0, length), at)) {
        length--;
      }
      if (length > longest) [longest, found] = [length, name];
    }
    if (found === "") continue;
    const before = text.slice(0, at - longest) + found;
    text = before + text.slice(at);
    at = before.length;
  }
  return text;
}

/** Names of what is likely a secret, such as `Authorization` or `api_key`. */
const SECRET_NAME =
  /auth|cookie|token|secret|passw|pwd|signature|credential|session|(?:^|[-_.])(?:key|sig)$/i;

/** Of names with values, the values that are likely secrets, to show as `***`. */
export function likelySecrets(
  entries: Iterable<readonly [name: string, value: string]>,
): Map<string, string> {
  const secrets = new Map<string, string>();
  for (const [name, value] of entries) {
    if (!SECRET_NAME.test(name)) continue;
    secrets.set(value, "***");
    // As in "Bearer abc": what follows the scheme is the secret.
    const rest = value.slice(value.indexOf(" ") + 1);
    secrets.set(rest, "***");
  }
  return secrets;
}

/** A probe that says nothing secret, of itself or of what it saw. */
export function redacted(probe: Probe, redact: Redact): Probe {
  const run = async (signal: AbortSignal): Promise<Outcome> =>
    redactedOutcome(await probe(signal), redact);
  return define(run, { ...probe, target: redact(probe.target) });
}

function redactedOutcome(outcome: Outcome, redact: Redact): Outcome {
  const { verdict, reason, detail } = outcome;
  const hasText = reason !== undefined ||
    Object.entries(detail ?? {}).some(([key, value]) =>
      typeof value === "string" || key.includes(".")
    );
  if (!hasText) return outcome;
  return {
    verdict,
    ...(reason !== undefined &&
      { reason: { ...reason, message: redact(reason.message) } }),
    ...(detail !== undefined && {
      detail: Object.fromEntries(
        Object.entries(detail).map(([key, value]) => [
          // Ours are words; one with a dot has a name that was told us.
          key.includes(".") ? redact(key) : key,
          typeof value === "string" ? redact(value) : value,
        ]),
      ),
    }),
  };
}
