import fc from "fast-check";
import type { NotifierPolicy } from "../../../src/core/notify/policy.ts";
import { HOUR, MINUTE, SECOND } from "./station.ts";

/** The parts of the policies of walks, each by itself; `resolved` is the last. */
export function policyParts(
  quiet: NotifierPolicy["quiet"],
): readonly fc.Arbitrary<Partial<NotifierPolicy>>[] {
  return [
    fc.record({
      on: fc.constantFrom<NotifierPolicy["on"]>(
        ["unhealthy"],
        ["unhealthy", "degraded"],
        ["unhealthy", "degraded", "unknown"],
        ["degraded"],
      ),
    }),
    fc.record({ afterMs: fc.constantFrom(0, 20 * SECOND, 2 * MINUTE) }),
    fc.record({ gatherMs: fc.constantFrom(0, 10 * SECOND, null) }),
    fc.record({ remindMs: fc.constantFrom(null, 5 * MINUTE, HOUR) }),
    fc.record({ limit: fc.constantFrom(1, 2, 20) }),
    fc.record({
      checks: fc.constantFrom(null, new Set(["a"]), new Set<string>()),
      groups: fc.constantFrom(null, new Set(["edge"])),
    }),
    fc.record({ quiet: fc.constantFrom(null, quiet) }),
    fc.record({ self: fc.constantFrom<readonly string[]>([], ["self"]) }),
    fc.record({ resolved: fc.constantFrom(true, true, false) }),
  ];
}

/** A policy of some parts. */
export function policyOf(
  parts: readonly fc.Arbitrary<Partial<NotifierPolicy>>[],
): fc.Arbitrary<Partial<NotifierPolicy>> {
  return fc.tuple(...parts).map((some) => Object.assign({}, ...some));
}
