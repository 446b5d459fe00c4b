import {
  described,
  DURATION,
  NON_EMPTY_STRING,
  TIMER,
} from "../schema/values.ts";
import type { Kind } from "../probes/kind.ts";
import { FROM } from "./cluster/from.ts";
import { camelCased, type Fields } from "./names.ts";
import type { PolicyOptions } from "../core/policy.ts";
import type { Schema } from "../schema/schema.ts";

const COUNT: Schema = {
  title: "a whole number of 1 or more",
  type: "integer",
  minimum: 1,
};

/** The keys of a check that its kind does not tell. */
export function policyProperties(
  { passive = false }: Pick<Kind, "passive">,
): Readonly<Record<string, Schema>> {
  return passive ? PASSIVE_PROPERTIES : POLICY_PROPERTIES;
}

/** The keys that every check has, unless its kind is passive. */
export const POLICY_PROPERTIES: Readonly<Record<string, Schema>> = {
  group: described(NON_EMPTY_STRING, "The group of the check"),
  depends_on: {
    title: "a list of ids of checks",
    description:
      "The checks without which it cannot work: while one has failed, an incident of this one is muted",
    examples: [["router"]],
    type: "array",
    items: NON_EMPTY_STRING,
  },
  from: FROM,
  interval: described(
    TIMER,
    "The time from one attempt to the next",
    "10s",
  ),
  timeout: described(
    TIMER,
    "The most time that an attempt may take",
    "5s",
  ),
  retries: described(
    COUNT,
    "Failures in a row before the check is unhealthy",
    3,
  ),
  rise: described(
    COUNT,
    "Passes in a row before the check is healthy again",
    1,
  ),
  initial_delay: described(DURATION, "The wait before the first attempt", 0),
  start_period: described(
    DURATION,
    "How long failures do not count while no attempt has passed",
    0,
  ),
  start_interval: described(
    TIMER,
    "The interval during the start period",
  ),
  backoff: {
    title: 'false, or a map such as { factor: 2, max: "60s" }',
    description: "How the interval grows while the check is unhealthy",
    default: { factor: 2, max: "60s" },
    examples: [false, { factor: 2, max: "60s" }],
    anyOf: [{ enum: [false] }, {
      type: "object",
      additionalProperties: false,
      properties: {
        factor: {
          title: "a number of 1 or more",
          description:
            "The factor by which each failure multiplies the interval",
          type: "number",
          minimum: 1,
          default: 2,
        },
        max: described(TIMER, "The longest interval", "60s"),
      },
    }],
  },
};

/** Those that a check of a passive kind has, too. */
const PASSIVE_PROPERTIES: Readonly<Record<string, Schema>> = {
  group: POLICY_PROPERTIES.group!,
  depends_on: POLICY_PROPERTIES.depends_on!,
  from: FROM,
};

const POLICY_KEYS = [
  "interval",
  "timeout",
  "retries",
  "rise",
  "initial_delay",
  "start_period",
  "start_interval",
  "backoff",
] as const;

/** The group and the policy of a check, with the names that they have in code. */
export function policyOf(fields: Fields): PolicyOptions & { group?: string } {
  const keys = ["group", ...POLICY_KEYS];
  return camelCased(Object.fromEntries(
    keys.filter((key) => fields[key] !== undefined)
      .map((key) => [key, fields[key]]),
  ));
}
