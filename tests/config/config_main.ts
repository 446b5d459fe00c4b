/**
 * Loads the config that its first argument names, makes as many attempts of
 * each check as the second says, and prints what came of it.
 *
 * @module
 */

import { ConfigError, loadConfig } from "../../src/agent/config.ts";

const [path = "", attempts = "0"] = Deno.args;
try {
  const { checks } = await loadConfig(path);
  for (const { id, probe } of checks) {
    for (let i = 0; i < Number(attempts); i++) {
      const { verdict, reason } = await probe(AbortSignal.timeout(10_000));
      console.log(`${id}: ${verdict} ${reason?.message ?? ""}`.trim());
    }
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.log(error.message);
}
