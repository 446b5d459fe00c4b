/** Collects all garbage, where `--v8-flags=--expose-gc` allows it. */
export const collect: () => void =
  // deno-lint-ignore no-explicit-any
  (globalThis as any).gc ?? (() => {});
