import type { CheckInfo } from "../../fleet/step.ts";

/** The part of a check that decides whether a listener wants it. */
export type NamedCheck = Pick<CheckInfo, "id" | "group">;

/** A client of the stream. */
export interface Listener {
  /** The checks that it wants; `null` for all. */
  readonly wants: ((check: NamedCheck) => boolean) | null;
  /** The checks whose newest snapshot it does not have. */
  readonly missing: Set<string>;
  /** The removed checks that it was not told of. */
  readonly gone: Set<string>;
  /** Whether it was not told of another order. */
  isOrderNew: boolean;
  /** The key of the notice that it was told last. */
  noticed: string | undefined;
  /** Takes the next chunk, or `null` at the end, while it waits for one. */
  take: ((piece: Uint8Array<ArrayBuffer> | null) => void) | null;
  ended: boolean;
}

/** The checks that a listener wants. */
export function wantedOf<C extends NamedCheck>(
  checks: readonly C[],
  wants: Listener["wants"],
): readonly C[] {
  return wants === null ? checks : checks.filter(wants);
}
