/**
 * Runs the suite on Deno, Node or Bun: the targets are the only argument, and the
 * results are printed, both as JSON.
 *
 * @module
 */

import { argv } from "node:process";
import { run } from "./suite.ts";

console.log(JSON.stringify(await run(JSON.parse(argv[2]!))));
