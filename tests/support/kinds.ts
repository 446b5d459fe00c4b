import { LAZY_KINDS } from "../../src/probes/table.ts";

/** The names of all built-in kinds, as messages have them. */
export const A_TYPE: string = Object.keys(LAZY_KINDS)
  .map((type) => JSON.stringify(type)).join(", ");
