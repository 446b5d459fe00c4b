/**
 * A target in a process of its own, which prints its port.
 *
 * @module
 */

import { obedientServer } from "./faults.ts";

console.log((await obedientServer()).port);
