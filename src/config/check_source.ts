import type { Secrets } from "../core/secrets.ts";
import type { Kind } from "../probes/kind.ts";

/** The fields of a check in a config. They may be secret, and are not public. */
export interface CheckSource {
  /** The kind of the check. */
  readonly kind: Kind;
  /** The options, with variables expanded and the defaults filled in. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Those of them that do not come from the defaults. */
  readonly own: Readonly<Record<string, unknown>>;
  /** The values of variables that are likely secret. */
  readonly secrets: Secrets;
  /** The path of the file that has it, if that is an included one. */
  readonly file?: string | undefined;
  /** That of the file whose defaults say what it depends on, likewise. */
  readonly defaultsFile?: string | undefined;
}

const SOURCES = new WeakMap<object, CheckSource>();

/** Stores the fields of a check. */
export function keepSource(check: object, source: CheckSource): void {
  SOURCES.set(check, source);
}

/** The fields of a check, if it was read from a config. */
export function sourceOf(check: object): CheckSource | undefined {
  return SOURCES.get(check);
}
