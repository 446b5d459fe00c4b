import type { Outcome, Probe } from "../core/types.ts";

/** Shorter ones are in every other text, and are no secret. */
const MIN_SECRET_LENGTH = 4;

/** Puts something in place of what is secret in a text. */
export type Redact = (text: string) => string;

/**
 * Makes a redactor of secret values and what to show for each, such as
 * `${TOKEN}`, in whatever form they would stand in a URL, too.
 */
export function redactor(secrets: ReadonlyMap<string, string>): Redact {
  const shown = new Map<string, string>();
  for (const [secret, name] of secrets) {
    if (secret.length < MIN_SECRET_LENGTH) continue;
    for (
      const form of [secret, encodeURI(secret), encodeURIComponent(secret)]
    ) {
      shown.set(form, name);
    }
  }
  // A secret may be a part of another one.
  const forms = [...shown].sort(([a], [b]) => b.length - a.length);
  return (text) =>
    forms.reduce(
      (text, [form, name]) => text.replaceAll(form, () => name),
      text,
    );
}

/** A probe that says nothing secret, of itself or of what it saw. */
export function redacted(probe: Probe, redact: Redact): Probe {
  const run = async (signal: AbortSignal): Promise<Outcome> =>
    redactedOutcome(await probe(signal), redact);
  return Object.assign(run, {
    type: probe.type,
    target: redact(probe.target),
    permissions: probe.permissions,
  });
}

function redactedOutcome(
  { verdict, reason, detail }: Outcome,
  redact: Redact,
): Outcome {
  return {
    verdict,
    ...(reason !== undefined &&
      { reason: { ...reason, message: redact(reason.message) } }),
    ...(detail !== undefined && {
      detail: Object.fromEntries(
        Object.entries(detail).map(([key, value]) => [
          key,
          typeof value === "string" ? redact(value) : value,
        ]),
      ),
    }),
  };
}
