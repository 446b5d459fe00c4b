/** Where an attempt is, kept on its own signal. */
const STAGE = Symbol("stage");

type Staged = AbortSignal & { [STAGE]?: string };

/**
 * Notes how far an attempt has come, in words that follow "while", such as
 * `"connecting"`: a deadline says so if it strikes.
 */
export function enterStage(signal: AbortSignal, stage: string): void {
  (signal as Staged)[STAGE] = stage;
}

/** How far the attempt with this signal has come, if it said so. */
export function stageOf(signal: AbortSignal): string | undefined {
  return (signal as Staged)[STAGE];
}
