/**
 * Writes twenty entries to a history, one after the other: with values to be kept
 * if there is a second argument.
 *
 * @module
 */

import { Store } from "../../src/sinks/history/store/store.ts";

const [path, isKept] = Deno.args;
using store = new Store(path!);
for (let i = 0; i < 20; i++) {
  store.write({
    batches: [{
      since: i * 1000,
      until: (i + 1) * 1000,
      bytes: new Uint8Array(),
      reasons: [],
    }],
    checks: JSON.stringify([[i + 1, `check ${i}`]]),
    states: [],
    forgotten: [],
    incidents: [],
    ...(isKept && { kept: { values: [["a", `${i}`]], isAll: false } }),
  });
}
