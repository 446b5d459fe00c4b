import { durationText } from "../duration_text.ts";
import { escaped } from "../escape.ts";
import { NEVER } from "./body.ts";
import {
  choicesOf,
  type Condition,
  functionOf,
  holdsFor,
} from "./condition.ts";
import {
  applyConditions,
  type Endpoint,
  type Fields,
  hostPortOf,
  latencyOf,
} from "./endpoint.ts";
import { globOf, regexEscaped } from "./glob.ts";

/** After this time, Gatus gives up a question, whatever `client` says. */
const MAX_MS = 2000;

/** Response codes by which Gatus names them. */
const RCODES =
  "NOERROR FORMERR SERVFAIL NXDOMAIN NOTIMP REFUSED YXDOMAIN YXRRSET NXRRSET NOTAUTH NOTZONE"
    .split(" ");

/** The types of records whose value Gatus shows. */
const SHOWN = ["A", "AAAA", "CNAME", "MX", "NS", "PTR", "SRV", "TXT"];

/** The keys of a check of an endpoint for DNS. */
export function dnsFields(endpoint: Endpoint): Fields | undefined {
  const { node, url } = endpoint;
  const dns = node.get("dns");
  const name = dns.get("query-name").words("a name");
  const record = dns.get("query-type").text("a type of records");
  if (name === undefined || name.text === "" && !name.parts) {
    dns.get("query-name").expected("a name");
    return undefined;
  }
  if (record === undefined) return dns.get("query-type").expected("a type");
  const place = hostPortOf(url, /^(?!)/, 53);
  if (place === undefined) {
    node.get("url").warn(
      "not imported: expected a name server such as 8.8.8.8",
    );
    return undefined;
  }
  const expected = new DnsExpectations(endpoint, record);
  const seen = {
    STATUS: "0",
    CONNECTED: "true",
    CERTIFICATE_EXPIRATION: "0",
  };
  if (!applyConditions(endpoint, seen, (c) => expected.add(c))) {
    return undefined;
  }
  return {
    type: "dns",
    name: name.template,
    record: escaped(record),
    server: place.host,
    ...(place.port !== 53 && { port: place.port }),
    ...expected.fields(),
  };
}

/** What the conditions of an endpoint ask of an answer. */
class DnsExpectations {
  readonly #endpoint: Endpoint;
  readonly #record: string;
  readonly #fields: Fields = {};
  #rcodes: readonly string[] = RCODES;
  #timeoutMs = MAX_MS;

  constructor(endpoint: Endpoint, record: string) {
    this.#endpoint = endpoint;
    this.#record = record;
  }

  /** Adds a condition; returns why it cannot be, if so. */
  add(condition: Condition): string | undefined {
    if (condition.right.name !== undefined) return "these cannot be compared";
    switch (condition.left.name) {
      case "DNS_RCODE": {
        const left = this.#rcodes.filter((code) => holdsFor(condition, code));
        if (left.length === 0) return NEVER;
        this.#rcodes = left;
        return undefined;
      }
      case "RESPONSE_TIME": {
        const limit = latencyOf(condition);
        if (typeof limit === "string") return limit;
        this.#timeoutMs = Math.min(this.#timeoutMs, limit);
        return undefined;
      }
      case "BODY":
        return this.#addBody(condition);
      default:
        return "it cannot be told of DNS";
    }
  }

  #addBody({ left, operator, right }: Condition): string | undefined {
    if (left.path !== "" || left.call !== undefined) {
      return "only all of a record can be compared";
    }
    if (!SHOWN.includes(this.#record)) {
      return `Gatus does not read records of the type ${this.#record}`;
    }
    if (operator !== "==" && operator !== "!=") {
      return "records cannot be compared as numbers";
    }
    const applied = functionOf(right);
    const records = applied?.name === "pat"
      ? [patternOf(applied.argument, this.#record)]
      : (applied === undefined ? [right.text] : choicesOf(applied.argument))
        .map((text) => recordOf(text, this.#record));
    if (records.some((record) => record === undefined)) {
      return "it cannot be compared with such a record";
    }
    const key = operator === "!="
      ? "not"
      : records.length > 1
      ? "expect_any"
      : "expect";
    if (this.#fields[key] !== undefined) {
      return "there is another about records";
    }
    this.#fields[key] = records as Exclude<typeof records[number], undefined>[];
    this.#endpoint.notes.add(
      "Gatus compares the last record of an answer; here any of them may be it",
    );
    return undefined;
  }

  /** The keys of the check. */
  fields(): Fields {
    const { node } = this.#endpoint;
    const codes = this.#rcodes;
    const rcode = codes.includes("NOERROR") ? "NOERROR" : codes[0]!;
    if (codes.length > 1) {
      node.warn(
        `Gatus passes with other response codes, too: here only with ${rcode}`,
      );
    }
    if (rcode === "NOERROR" && this.#fields.expect === undefined) {
      this.#endpoint.notes.add(
        "Gatus passes an answer of DNS without records; here it fails",
      );
    }
    return {
      ...(rcode !== "NOERROR" && { rcode }),
      ...this.#fields,
      timeout: durationText(this.#timeoutMs),
    };
  }
}

/** What a record has to be, as a `dns` check has it. */
type RecordTest = string | { readonly matches: string };

/** The source of a name that may end with a dot. */
function nameSource(source: string): string {
  return source.replace(/\\\.$/, "");
}

/** A value of Gatus as a record. */
function recordOf(text: string, type: string): RecordTest | undefined {
  if (text === "") return undefined;
  switch (type) {
    case "MX":
      return { matches: escaped(`^\\d+ ${nameSource(regexEscaped(text))}$`) };
    case "SRV": {
      const [, host, port] = /^(.+):(\d+)$/.exec(text) ?? [];
      return host === undefined ? undefined : {
        matches: escaped(
          `^\\d+ \\d+ ${port} ${nameSource(regexEscaped(host))}$`,
        ),
      };
    }
    default:
      return escaped(text);
  }
}

/** A pattern of Gatus for the value of a record. */
function patternOf(pattern: string, type: string): RecordTest | undefined {
  const glob = globOf(pattern);
  if (glob === undefined || type === "SRV") return undefined;
  const source = nameSource(glob.source.replace(/\\s\*\$$/, ""));
  const end = glob.source.endsWith("$") ? "$" : "";
  const whole = source.replace(/^\^\\s\*/, type === "MX" ? "^\\d+ " : "^");
  return { matches: escaped(`${whole}${end}`) };
}
