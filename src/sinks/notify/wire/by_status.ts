import type { Json } from "../../../core/json.ts";
import { WORST_FIRST } from "../../../core/rollup.ts";
import type { Status } from "../../../core/types.ts";
import type { Schema } from "../../../schema/schema.ts";
import type { Letter } from "../receiver.ts";

/** One value for all statuses, or one for each that is not as by default. */
export type ByStatus<Value> =
  | Value
  | Partial<Readonly<Record<Problem, Value>>>;

/** A value for each status that is told. */
export type Defaults<Value> = Readonly<Record<Problem, Value>>;

type Problem = Exclude<Status, "healthy">;

/** What an option with a value for each status may be. */
export function byStatusSchema<Value extends Json>(
  values: readonly Value[],
  defaults: Defaults<Value>,
  description: string,
): Schema {
  const one: Schema = { enum: values };
  return {
    title: `one of ${
      values.join(", ")
    }, or a map such as { degraded: ${defaults.degraded} }`,
    description,
    default: defaults,
    anyOf: [one, {
      type: "object",
      properties: { unhealthy: one, unknown: one, degraded: one },
      additionalProperties: false,
    }],
  };
}

/** The value for the worst status that lasts in a letter. */
export function ofWorst<Value extends string>(
  { incidents }: Letter,
  option: ByStatus<Value> | undefined,
  defaults: Defaults<Value>,
): Value {
  if (typeof option === "string") return option;
  const lasting = incidents.filter(({ ended }) => ended === null);
  const worst =
    WORST_FIRST.find((status): status is Problem =>
      status !== "healthy" && lasting.some((it) => it.status === status)
    ) ?? "unhealthy";
  return option?.[worst] ?? defaults[worst];
}
