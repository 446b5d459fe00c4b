import { unescaped } from "../../core/secrets.ts";
import type { Schema } from "../../schema/schema.ts";
import {
  BOOLEAN,
  described,
  HOST,
  NON_EMPTY_STRING,
  PORT,
  POSITIVE_DURATION,
  REGEX,
} from "../../schema/values.ts";
import { CERTIFICATE_LIMITS, TLS_SCHEMAS } from "../connection_schemas.ts";
import type { Kind } from "../kind.ts";
import { verifyTls } from "../tls_verification.ts";
import { dns, type DnsOptions } from "./dns.ts";
import { RCODES } from "./message.ts";
import { type DnsRecord, RECORD_TYPES } from "./records.ts";

/** A record that is expected, as a config has it. */
type ConfiguredRecord = string | { readonly matches: string };

/** Options as a config has them. */
type ConfiguredDns = Omit<DnsOptions, "expect" | "expectAny" | "not"> & {
  readonly expect?: ConfiguredRecord | readonly ConfiguredRecord[];
  readonly expectAny?: ConfiguredRecord | readonly ConfiguredRecord[];
  readonly not?: ConfiguredRecord | readonly ConfiguredRecord[];
};

function meant(
  value: ConfiguredRecord | readonly ConfiguredRecord[],
): (string | RegExp)[] {
  return [value].flat().map((each) =>
    typeof each === "string" ? each : new RegExp(each.matches, "u")
  );
}

const RECORD: Schema = {
  title: 'a string or { matches: "^10 " }',
  anyOf: [
    NON_EMPTY_STRING,
    {
      title: 'a map such as { matches: "^10 " }',
      type: "object",
      properties: { matches: REGEX },
      required: ["matches"],
      additionalProperties: false,
    },
  ],
};

const RECORDS: Schema = {
  title: 'a list of records such as "10 mail.example"',
  anyOf: [
    ...RECORD.anyOf!,
    { type: "array", items: RECORD, minItems: 1 },
  ],
};

/** `dns://SERVER:PORT/NAME?type=MX`, without the server for the system's. */
const TARGET =
  /^dns:\/\/(\[[^\]]*\]|[^:/?#@]*)(?::(\d+))?\/([^/?#]+)(?:\?(.*))?$/i;

/** The kind of `dns` checks. */
export const dnsKind: Kind<ConfiguredDns> = {
  make: ({ expect, expectAny, not, ...options }) =>
    dns({
      ...options,
      ...(expect !== undefined && { expect: meant(expect) }),
      ...(expectAny !== undefined && { expectAny: meant(expectAny) }),
      ...(not !== undefined && { not: meant(not) }),
    }),
  target: {
    prefixes: ["dns://"],
    forms: ["dns://SERVER/NAME?type=MX", "dns:///NAME"],
    parse(target) {
      const [, server, port, name, query = ""] = TARGET.exec(target) ?? [];
      const type = /^(?:type=([a-z]+))?$/i.exec(query);
      if (name === undefined || type === null || port && server === "") {
        throw new TypeError(
          "Expected dns://SERVER/NAME?type=MX, or dns:///NAME for the system's name server",
        );
      }
      return {
        name: unescaped(name),
        ...(server !== "" && { server: server! }),
        ...(port !== undefined && { port: Number(port) }),
        ...(type[1] !== undefined &&
          { record: type[1].toUpperCase() as DnsRecord }),
      };
    },
  },
  verify: verifyTls,
  schema: {
    properties: {
      name: {
        ...described(NON_EMPTY_STRING, "The name to look up"),
        examples: ["example.com"],
      },
      record: {
        title: 'a type of records such as "MX"',
        description: "The type of the records",
        enum: Object.keys(RECORD_TYPES),
        default: "A",
      },
      server: {
        ...described(
          NON_EMPTY_STRING,
          "The name server, a host or for https a URL; those of the system without it",
        ),
        examples: ["192.0.2.53", "https://dns.example/dns-query"],
      },
      port: described(PORT, "The server's port: 53, with tls 853, https 443"),
      transport: {
        title: '"udp", "tcp", "tls" or "https"',
        description: "How the server is asked",
        enum: ["udp", "tcp", "tls", "https"],
        default: "udp",
      },
      address: described(
        HOST,
        "Where to connect instead of to the server, with tls or https",
      ),
      rcode: {
        title: 'a response code such as "NXDOMAIN"',
        description: "The response code",
        enum: RCODES,
        default: "NOERROR",
      },
      expect: {
        ...described(RECORDS, "Records that must all be there"),
        examples: [["192.0.2.7"], ["10 mail.example"]],
      },
      expect_any: described(RECORDS, "Records of which one must be there"),
      not: described(RECORDS, "Records of which none must be there"),
      ttl: {
        title: "a map such as { min: 1m }",
        description: "How long the answer may be kept",
        examples: [{ min: "1m" }],
        type: "object",
        additionalProperties: false,
        properties: {
          min: described(POSITIVE_DURATION, "It must be this or more"),
          max: described(POSITIVE_DURATION, "It must be this or less"),
        },
      },
      authoritative: described(
        BOOLEAN,
        "Whether the answer must be of a server with authority for the name",
        false,
      ),
      ...TLS_SCHEMAS,
      certificate: CERTIFICATE_LIMITS,
    },
    required: ["name"],
  },
};
