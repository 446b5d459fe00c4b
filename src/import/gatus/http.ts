import { durationText } from "../duration_text.ts";
import { escaped } from "../escape.ts";
import type { Node } from "../node.ts";
import { jsonTestOf, NEVER, textTestOf } from "./body.ts";
import { type Condition, holdsFor } from "./condition.ts";
import {
  applyConditions,
  type Endpoint,
  expiryOf,
  type Fields,
  latencyOf,
} from "./endpoint.ts";
import { clientFields } from "./client.ts";
import { numberOf, parseNumber } from "./go_values.ts";

/** Gatus reads all of a body. */
const MAX_BODY = 10 * 1024 * 1024;

/** What is the same in each answer. */
const SEEN = { CONNECTED: "true", DNS_RCODE: "" };

const STATUSES = Array.from({ length: 900 }, (_, i) => 100 + i);

/** The keys of a check of an endpoint for HTTP. */
export function httpFields(endpoint: Endpoint): Fields | undefined {
  const { node, url, notes } = endpoint;
  const isTls = /^https:/.test(url.text);
  const fields: Fields = { type: "http", url: url.template };
  const client = clientFields(endpoint, isTls);
  if (client === undefined) return undefined;
  const method = node.get("method").text("a method") || "GET";
  const expected = new HttpExpectations(endpoint, isTls);
  if (!applyConditions(endpoint, SEEN, (c) => expected.add(c))) {
    return undefined;
  }
  if (passesWithoutAnswer(endpoint.conditions)) {
    notes.add(
      "For Gatus, conditions such as [STATUS] < 400 are true without an answer, too; here a check without one fails",
    );
  }
  if (expected.hasExpiry) {
    notes.add(
      "For Gatus, [CERTIFICATE_EXPIRATION] is of the server's certificate; here of any in its chain",
    );
  }
  return {
    ...fields,
    ...(method !== "GET" && { method: escaped(method) }),
    ...requestFields(endpoint),
    ...expected.fields(),
    ...client,
  };
}

/** Whether Gatus finds an endpoint healthy that does not answer. */
function passesWithoutAnswer(conditions: readonly Condition[]): boolean {
  return conditions.every((condition) => {
    const { left, right } = condition;
    if (right.name !== undefined) return false;
    switch (left.name) {
      case "STATUS":
      case "CERTIFICATE_EXPIRATION":
        return holdsFor(condition, "0");
      case "RESPONSE_TIME":
        return holdsFor(condition, "1");
      case "CONNECTED":
        return holdsFor(condition, "false");
      case "BODY":
        return left.path === "" && left.call === undefined &&
          holdsFor(condition, "");
      default:
        return false;
    }
  });
}

/** The headers and the body. */
function requestFields({ node, body }: Endpoint): Fields {
  const headers = headersOf(node.get("headers"));
  const isGraphql = node.get("graphql").boolean();
  const hasType = Object.keys(headers).some((name) =>
    name.toLowerCase() === "content-type"
  );
  if (isGraphql && !hasType) headers["Content-Type"] = "application/json";
  if (isGraphql && body?.template !== (body && escaped(body.text))) {
    node.get("body").warn(
      "the values of its variables must not have quotes or line breaks",
    );
  }
  // A reference is the same in a string of JSON.
  const sent = isGraphql
    ? JSON.stringify({ query: body?.template ?? "" })
    : body?.template;
  return {
    headers: Object.keys(headers).length === 0 ? undefined : headers,
    body: sent,
  };
}

/** Request headers, by their names. */
export function headersOf(node: Node): Record<string, string> {
  return Object.fromEntries(
    node.keys("a map of headers").map((name) => [
      name,
      node.get(name).words()?.template ?? "",
    ]),
  );
}

/** What the conditions of an endpoint ask of an answer. */
class HttpExpectations {
  readonly #endpoint: Endpoint;
  readonly #isTls: boolean;
  readonly #fields: Fields = {};
  readonly #json: Record<string, string> = {};
  readonly #assert: string[] = [];
  #statuses = STATUSES;
  #latencyMs = Infinity;
  #expiryMs = -Infinity;

  constructor(endpoint: Endpoint, isTls: boolean) {
    this.#endpoint = endpoint;
    this.#isTls = isTls;
  }

  /** Whether something is asked of the certificate. */
  get hasExpiry(): boolean {
    return this.#expiryMs > 0;
  }

  /** Adds a condition; returns why it cannot be, if so. */
  add(condition: Condition): string | undefined {
    const names = [condition.left.name, condition.right.name];
    if (names.includes("BODY")) return this.#addBody(condition);
    if (condition.right.name !== undefined) return "these cannot be compared";
    switch (condition.left.name) {
      case "STATUS": {
        const left = this.#statuses.filter((status) =>
          holdsFor(condition, String(status))
        );
        if (left.length === 0) return NEVER;
        this.#statuses = left;
        return undefined;
      }
      case "RESPONSE_TIME":
        return this.#addTime(condition);
      case "CERTIFICATE_EXPIRATION":
        return this.#addExpiry(condition);
      default:
        return "it cannot be told of HTTP";
    }
  }

  #addTime(condition: Condition): string | undefined {
    const { left, operator, right } = condition;
    if (
      (operator === ">" || operator === ">=") && left.call === undefined &&
      parseNumber(right.text) !== undefined
    ) {
      const limit = `${Math.max(numberOf(right.text), 0)}ms`;
      this.#assert.push(`duration ${operator} duration("${limit}")`);
    } else {
      const limit = latencyOf(condition);
      if (typeof limit === "string") return limit;
      this.#latencyMs = Math.min(this.#latencyMs, limit);
    }
    this.#endpoint.notes.add(
      "For Gatus, [RESPONSE_TIME] ends with the headers of an answer; here with its body",
    );
    return undefined;
  }

  #addExpiry(condition: Condition): string | undefined {
    const limit = expiryOf(condition);
    if (typeof limit === "string") return limit;
    if (!this.#isTls) {
      this.#endpoint.node.warn(
        `${condition.text} counts only if it is redirected to https:`,
      );
    }
    this.#expiryMs = Math.max(this.#expiryMs, limit);
    return undefined;
  }

  #addBody(condition: Condition): string | undefined {
    const { left, right } = condition;
    const test = left.path === "" && left.call === undefined &&
        right.name === undefined
      ? textTestOf(condition)
      : jsonTestOf(condition);
    if (test === "nothing") return undefined;
    if ("complaint" in test) return test.complaint;
    if (condition.text.includes("pat(") && condition.text.includes("/")) {
      this.#endpoint.notes.add(
        "Gatus ignores slashes in pat(); here they count",
      );
    }
    if ("expression" in test) {
      this.#assert.push(test.expression);
    } else if ("path" in test) {
      if (Object.hasOwn(this.#json, test.path)) return NEVER;
      this.#json[test.path] = test.value;
    } else if (this.#fields[test.text.key] === undefined) {
      this.#fields[test.text.key] = escaped(test.text.value);
    } else {
      const { key, value } = test.text;
      const call = key.startsWith("contains") ? "contains" : "matches";
      this.#assert.push(
        `${key.endsWith("_not") ? "!" : ""}text.${call}(${
          JSON.stringify(value)
        })`,
      );
    }
    return undefined;
  }

  /** The keys of the check. */
  fields(): Fields {
    const json = Object.entries(this.#json).map(([path, value]) => [
      path,
      escaped(value),
    ]);
    const fields: Fields = {
      status: statusText(this.#statuses),
      ...this.#fields,
      ...(json.length > 0 && { json: Object.fromEntries(json) }),
      ...(this.#assert.length > 0 && { assert: this.#assert.map(escaped) }),
    };
    const hasBody = Object.keys(fields).length > 1;
    return {
      ...fields,
      ...(hasBody && { max_body: MAX_BODY }),
      // A longer one ends the attempt anyway.
      ...(this.#latencyMs < this.#endpoint.timeoutMs && {
        latency: { fail: durationText(this.#latencyMs) },
      }),
      ...(this.#expiryMs > 0 && {
        certificate: { fail: durationText(this.#expiryMs) },
      }),
    };
  }
}

/** Statuses as a config has them; nothing if they are the default. */
function statusText(
  statuses: readonly number[],
): string | number | string[] | undefined {
  const ranges: [number, number][] = [];
  for (const status of statuses) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === status - 1) last[1] = status;
    else ranges.push([status, status]);
  }
  const texts = ranges.map(([from, to]) =>
    from === to ? String(from) : `${from}-${to}`
  );
  if (texts.length > 1) return texts;
  if (texts[0] === "200-299") return undefined;
  return ranges[0]![0] === ranges[0]![1] ? ranges[0]![0] : texts[0]!;
}
