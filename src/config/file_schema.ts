import { TOKEN_PATTERN, TOKEN_WORDS } from "../core/token.ts";
import { described, HOST, NON_EMPTY_TEXT } from "../schema/values.ts";
import type { Kind } from "../probes/kind.ts";
import type { Schema } from "../schema/schema.ts";
import { POLICY_PROPERTIES } from "./policy_schema.ts";

/** 0 to 65535. */
const PORT_PATTERN =
  "([0-5]?\\d{1,4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])";

/** Everything in a config file but its checks. */
export const TOP_PROPERTIES: Readonly<Record<string, Schema>> = {
  listen: {
    title: 'an address such as "127.0.0.1:8686", or false',
    description: "Where the HTTP app listens; false for not at all",
    default: "127.0.0.1:8686",
    examples: ["127.0.0.1:8686", "0.0.0.0:8686", false],
    anyOf: [
      { enum: [false] },
      {
        type: "string",
        pattern: `^(\\[[\\da-fA-F:.]+\\]|[^\\s:/@[\\]]+):${PORT_PATTERN}$`,
      },
    ],
  },
  token: {
    title: TOKEN_WORDS,
    description: "What the HTTP app asks for everywhere but at /livez",
    examples: ["${LIFESIGN_TOKEN}"],
    type: "string",
    pattern: TOKEN_PATTERN,
    writeOnly: true,
  },
  concurrency: {
    title: "a whole number of 1 or more",
    description: "How many attempts may be in flight at a time",
    type: "integer",
    minimum: 1,
    default: 256,
  },
  state: described(
    { ...NON_EMPTY_TEXT, title: "a path" },
    "Where to keep what is known of the checks for after a restart",
  ),
  defaults: {
    title: "a map of defaults",
    description: "What holds for every check that does not say otherwise",
    type: "object",
    additionalProperties: false,
    properties: {
      ...POLICY_PROPERTIES,
      address: described(HOST, "Where tcp and http checks connect instead"),
    },
  },
  checks: {
    title: "a map of checks",
    description: "The checks by their ids",
    type: "object",
    minProperties: 1,
    // Each is looked at by itself, as what its type says.
    additionalProperties: { title: "a check", type: "object" },
  },
};

/** A config file, as far as it can be told without the checks' types. */
export const TOP_SCHEMA: Schema = {
  title: "a map with checks",
  type: "object",
  properties: TOP_PROPERTIES,
  required: ["checks"],
  additionalProperties: false,
};

/** A check of a kind. */
export function checkSchema(type: string, { schema }: Kind): Schema {
  return {
    ...schema,
    title: "a check",
    type: "object",
    properties: {
      type: { enum: [type] },
      ...schema.properties,
      ...POLICY_PROPERTIES,
    },
    additionalProperties: false,
  };
}
