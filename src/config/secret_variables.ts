import { isSecretName, isSecretValue, Secrets } from "../core/secrets.ts";
import type { Schema } from "../schema/schema.ts";
import { Expanded, type Variable } from "../schema/variables.ts";

/**
 * Finds the variables of a check whose values are likely secret, to be shown
 * as they were written: those in a place that the schema calls secret, in the
 * credentials of a URL, with a name like `TOKEN`, or with a private key or a
 * URL with a password as their value.
 */
export function secretVariables(value: unknown, schema: Schema): Secrets {
  return toSecrets(variablesIn(value, schema, false));
}

/** The values of all variables of a check, to be shown as they were written. */
export function allVariables(value: unknown): Secrets {
  return toSecrets(variablesIn(value, {}, true));
}

function toSecrets(variables: Iterable<Variable>): Secrets {
  return new Secrets(
    Array.from(variables, ({ name, value }) => [value, `\${${name}}`]),
  );
}

/** The variables in a value that are likely secret, or all of a secret one. */
function* variablesIn(
  value: unknown,
  schema: Schema,
  isSecret: boolean,
): Generator<Variable> {
  isSecret ||= schema.writeOnly === true;
  if (schema.anyOf !== undefined) {
    for (const each of schema.anyOf) yield* variablesIn(value, each, isSecret);
  } else if (value instanceof Expanded) {
    for (const variable of value.variables) {
      if (isSecret || isLikelySecret(variable, value.source, schema)) {
        yield variable;
      }
    }
  } else if (Array.isArray(value)) {
    const { items = {} } = schema;
    for (const item of value) yield* variablesIn(item, items, isSecret);
  } else if (typeof value === "object" && value !== null) {
    const { properties = {}, additionalProperties } = schema;
    for (const [key, item] of Object.entries(value)) {
      yield* Object.hasOwn(properties, key)
        ? variablesIn(item, properties[key]!, isSecret)
        // The file has its own names for these.
        : variablesIn(
          item,
          additionalProperties || {},
          isSecret || isSecretName(key),
        );
    }
  }
}

function isLikelySecret(
  { name, value }: Variable,
  source: string,
  { format }: Schema,
): boolean {
  if (isSecretName(name)) return true;
  // The probe itself knows what is secret in the value of a URL.
  if (format !== "uri") return isSecretValue(value);
  const [credentials = ""] = /\/\/[^/?#]*@/.exec(source) ?? [];
  return new RegExp(`\\$\\{${name}\\b`).test(credentials);
}
