import type { Schema } from "../../schema/schema.ts";
import { described, NON_EMPTY_STRING, STRINGS } from "../../schema/values.ts";

/** What the parts of keys in NATS may have, with dots between them. */
const NAME = "[\\w\\-]+(?:\\.[\\w\\-]+)*";

/** The longest name, in characters. */
const MAX_LENGTH = 100;

/** The name of an agent or of a region. */
const ID: Schema = {
  title: 'a name of letters, digits, "-", "_" and single dots',
  examples: ["eu-1"],
  type: "string",
  pattern: idPattern(),
};

/** A regular expression that the name of an agent or of a region matches. */
export function idPattern(): string {
  return `^(?=.{1,${MAX_LENGTH}}$)${NAME}$`;
}

/** The name of a region. */
export const REGION: Schema = { ...ID, examples: ["eu"] };

const SERVER: Schema = {
  title:
    'a URL such as "nats://127.0.0.1:4222", with nats:, tls:, ws: or wss: and without a path',
  type: "string",
  // It may have a password, and by a mistake be any other string.
  writeOnly: true,
  pattern: "^(?:nats|tls|wss?)://(?:[^\\s/?#@]*@)?[^\\s/?#@]+/?$",
  format: "uri",
};

/** The keys of `tls`, as those of checks. */
const TLS: Readonly<Record<"ca" | "cert" | "key", Schema>> = {
  ca: described(
    NON_EMPTY_STRING,
    "A certificate authority to trust, as PEM or the path of a PEM file",
  ),
  cert: described(
    NON_EMPTY_STRING,
    "A client certificate, as PEM or the path of a PEM file",
  ),
  key: {
    ...described(
      NON_EMPTY_STRING,
      "The private key of cert, as PEM or the path of a PEM file",
    ),
    writeOnly: true,
  },
};

/** What the key `cluster` may be. */
export const CLUSTER: Schema = {
  title: 'a map such as { servers: "nats://127.0.0.1:4222" }',
  description:
    "The other agents that share the checks, which meet at servers of NATS with JetStream",
  examples: [{
    servers: ["nats://127.0.0.1:4222"],
    name: "shop",
    region: "eu",
  }],
  // It may be the URL, by mistake.
  writeOnly: true,
  type: "object",
  additionalProperties: false,
  required: ["servers"],
  properties: {
    servers: {
      title: "a URL or a list of URLs",
      description:
        "The servers of NATS. A user and a password, or a token, may come before the host",
      examples: ["nats://127.0.0.1:4222"],
      anyOf: [SERVER, { type: "array", items: SERVER, minItems: 1 }],
    },
    name: {
      title: 'a name of letters, digits, "-" and "_"',
      description:
        "The name of the cluster: agents share with those of the same",
      examples: ["shop"],
      type: "string",
      pattern: `^[\\w\\-]{1,${MAX_LENGTH}}$`,
      default: "lifesign",
    },
    id: described(
      ID,
      "The id of this agent, which no other agent of the cluster has; the name of its host by default",
    ),
    region: described(REGION, "The region of this agent"),
    labels: described(
      STRINGS,
      "Other labels of this agent, which from of a check may ask for",
    ),
    credentials: {
      ...described(
        NON_EMPTY_STRING,
        "The path of a credentials file to log in with, or its content",
      ),
      writeOnly: true,
    },
    token: {
      ...described(NON_EMPTY_STRING, "The token to log in with"),
      examples: ["${NATS_TOKEN}"],
      writeOnly: true,
    },
    user: described(NON_EMPTY_STRING, "The user to log in as"),
    password: {
      ...described(NON_EMPTY_STRING, "The password of user"),
      examples: ["${NATS_PASSWORD}"],
      writeOnly: true,
    },
    nkey: {
      title: 'the seed of an nkey of a user, which begins with "SU"',
      description: "The nkey to log in with",
      examples: ["${NATS_NKEY}"],
      type: "string",
      pattern: "^SU[A-Z2-7]{56}$",
      writeOnly: true,
    },
    tls: {
      title: "a map such as { ca: ca.pem }",
      description: "What TLS goes by; with it there has to be TLS",
      examples: [{ ca: "ca.pem" }],
      type: "object",
      additionalProperties: false,
      minProperties: 1,
      properties: TLS,
    },
  },
};
