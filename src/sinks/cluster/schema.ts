import type { Schema } from "../../schema/schema.ts";
import {
  CERTIFICATES,
  described,
  NAME,
  NON_EMPTY_STRING,
  STRINGS,
} from "../../schema/values.ts";

/** A server of NATS. */
export const SERVER: Schema = {
  title: 'a URL such as "nats://127.0.0.1:4222" or "tls://nats.example"',
  type: "string",
  // It may have a password, and by a mistake be any other string.
  writeOnly: true,
  pattern: "^(?:nats|tls)://(?:[^\\s/?#@]*@)?[^\\s/?#@]+/?$",
  format: "uri",
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
      title: 'a URL such as "nats://127.0.0.1:4222", or a list of them',
      description:
        "The servers of NATS. A user and a password, or a token, may come before the host",
      examples: ["nats://127.0.0.1:4222"],
      anyOf: [SERVER, { type: "array", items: SERVER, minItems: 1 }],
    },
    name: {
      ...NAME,
      description:
        "The name of the cluster: agents share with those of the same",
      examples: ["shop"],
      default: "lifesign",
    },
    id: {
      ...NAME,
      description:
        "The id of this agent, which no other agent of the cluster has; the name of its host by default",
      examples: ["eu-1", "${HOSTNAME}"],
    },
    region: {
      ...NAME,
      description: "The region of this agent",
      examples: ["eu", "${REGION}"],
    },
    labels: described(
      STRINGS,
      "Other labels of this agent, which from of a check may ask for",
    ),
    replicas: {
      title: "a number of servers from 1 to 5",
      description:
        "On how many servers of NATS the buckets are; more than one need a cluster of servers",
      type: "integer",
      minimum: 1,
      maximum: 5,
      default: 1,
    },
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
      properties: CERTIFICATES,
    },
  },
};
