import type { NotifierStatus } from "../../core/notify/status.ts";

/** How a notifier does, as JSON has it. */
export interface NotifierJson
  extends Omit<NotifierStatus, "lastSuccessAt" | "failure"> {
  readonly lastSuccessAt: string | null;
  readonly failure: { readonly at: string; readonly why: string } | null;
}

/** Writes times as dates. */
export function toNotifierJson(
  { lastSuccessAt, failure, ...rest }: NotifierStatus,
): NotifierJson {
  return {
    ...rest,
    lastSuccessAt: lastSuccessAt === null
      ? null
      : new Date(lastSuccessAt).toISOString(),
    failure: failure === null
      ? null
      : { at: new Date(failure.at).toISOString(), why: failure.why },
  };
}
