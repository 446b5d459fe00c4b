import type { Secrets } from "../core/secrets.ts";
import type { Kind } from "../probes/kind.ts";

/** What a config says of a check. It may hold secrets, and is not public. */
export interface CheckSource {
  /** The kind of the check. */
  readonly kind: Kind;
  /** The options, with variables expanded and the defaults filled in. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The values of variables that are likely secret. */
  readonly secrets: Secrets;
}

const SOURCES = new WeakMap<object, CheckSource>();

/** Keeps what a config says of a check. */
export function keepSource(check: object, source: CheckSource): void {
  SOURCES.set(check, source);
}

/** What a config says of a check, if the check was read from one. */
export function sourceOf(check: object): CheckSource | undefined {
  return SOURCES.get(check);
}
