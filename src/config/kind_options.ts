import { OptionError } from "../core/option_error.ts";
import type { Kind } from "../probes/kind.ts";
import type { Schema } from "../schema/schema.ts";
import { camelCased, type Fields } from "./names.ts";

/** The options of a check that its kind itself has, by their names in code. */
export function kindOptions(kind: Kind, fields: Fields): Fields {
  return camelCased(Object.fromEntries(
    Object.entries(fields).filter(([key]) => ownSchema(kind, key)),
  ));
}

/** The schema of an option that a kind itself has. */
export function ownSchema({ schema }: Kind, key: string): Schema | undefined {
  const properties: Readonly<Record<string, Schema>> = schema.properties;
  return Object.hasOwn(properties, key) ? properties[key] : undefined;
}

/** Whether a value is an error of an option: a plugin may throw anything. */
export function isOptionError(value: unknown): value is OptionError {
  try {
    return value instanceof OptionError && typeof value.option === "string" &&
      typeof value.problem === "string";
  } catch {
    return false;
  }
}
