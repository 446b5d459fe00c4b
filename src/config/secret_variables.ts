import { inHex } from "../core/text.ts";
import { isSecretName, isSecretValue, Secrets } from "../core/secrets.ts";
import type { Schema } from "../schema/schema.ts";
import { Expanded, type Variable } from "../schema/variables.ts";

/**
 * The values of a check's variables that are likely secret. They are in a place
 * that the schema marks as secret or in the credentials of a URL, have a name
 * such as `TOKEN`, or are private keys or URLs with passwords. Each is shown as
 * the variable is written.
 */
export function secretVariables(value: unknown, schema: Schema): Secrets {
  return toSecrets(variablesIn(value, schema, false));
}

/** The values of all variables of a check, likewise. */
export function allVariables(value: unknown): Secrets {
  return toSecrets(variablesIn(value, {}, true));
}

function toSecrets(variables: Iterable<Variable>): Secrets {
  return new Secrets(
    Array.from(variables, ({ name, value }) => [value, `\${${name}}`]),
  );
}

/** The variables in a value that are likely secret, or all if it is secret. */
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
        for (const value of decoded(variable.value, schema)) {
          yield { name: variable.name, value };
        }
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
        // The name is the user's.
        : variablesIn(
          item,
          additionalProperties || {},
          isSecret || isSecretName(key),
        );
    }
  }
}

/**
 * The text in bytes that are written as a string, its parts between NULs, and
 * the bytes as messages show them.
 */
function decoded(value: string, { contentEncoding }: Schema): string[] {
  if (contentEncoding === undefined) return [];
  try {
    const bytes = contentEncoding === "base64"
      ? Uint8Array.fromBase64(value)
      : Uint8Array.fromHex(value.replaceAll(" ", ""));
    const text = new TextDecoder().decode(bytes);
    const parts = [text, ...text.split("\0")].filter((part) => part !== "");
    return bytes.length < 4 ? parts : [...parts, inHex(bytes, Infinity)];
  } catch {
    // A part of the bytes may be none by itself.
    return [];
  }
}

function isLikelySecret(
  { name, value }: Variable,
  source: string,
  { format }: Schema,
): boolean {
  const inCredentials = new RegExp(
    `//[^/?#\\s]*\\$\\{${name}\\b[^/?#\\s]*@`,
  );
  return isSecretName(name) || inCredentials.test(source) ||
    // A probe of a URL knows the secrets in the URL itself.
    format !== "uri" && isSecretValue(value);
}
