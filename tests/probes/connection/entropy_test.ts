import { assert, assertStrictEquals } from "@std/assert";
import { gatherEntropy } from "../../../src/probes/connection/entropy.ts";

Deno.test("gatherEntropy() gathers once, with no permission", {
  permissions: "none",
}, async () => {
  const gathering = gatherEntropy();
  assert(gathering !== undefined);
  await gathering;
  assertStrictEquals(gatherEntropy(), gathering);
});
