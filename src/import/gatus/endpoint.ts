import type { Field } from "../config_text.ts";
import type { Node, Words } from "../node.ts";
import {
  type Condition,
  holdsFor,
  type Operand,
  type Placeholder,
} from "./condition.ts";
import { NEVER } from "./body.ts";
import { parseNumber } from "./go_values.ts";

/** An endpoint of Gatus, as far as all kinds of endpoints have the same. */
export interface Endpoint {
  readonly node: Node;
  readonly url: Words;
  readonly conditions: readonly Condition[];
  /** What is sent, if it is not empty. */
  readonly body: Words | undefined;
  /** The settings of the client. */
  readonly client: Node;
  readonly timeoutMs: number;
  /** Comments for the top of the config, to add to. */
  readonly notes: Set<string>;
}

/** The keys of a check; `undefined` if there can be none. */
export type Fields = Record<string, Field | undefined>;

/** Why a check that is healthy while nothing answers is left out. */
const INVERTED = "it is true only while nothing answers";

const UNKNOWABLE: Partial<Record<Placeholder, string>> = {
  IP: "the address is not known to a check",
  DOMAIN_EXPIRATION: "no check knows when a domain expires",
  CONTEXT: "there are no suites",
};

/**
 * Applies the conditions of an endpoint. `seen` is what a kind of endpoint
 * always sees; `apply` returns why a condition cannot be applied, if so.
 *
 * Returns whether there is a check left.
 */
export function applyConditions(
  { node, conditions }: Endpoint,
  seen: Partial<Record<Placeholder, string>>,
  apply: (condition: Condition) => string | undefined,
): boolean {
  let applied = 0;
  for (const condition of conditions) {
    const complaint = constantComplaint(condition, seen) ??
      (isConstant(condition.left, seen) && condition.right.name === undefined
        ? undefined
        : UNKNOWABLE[condition.left.name!] ??
          UNKNOWABLE[condition.right.name ?? "BODY"] ??
          apply(condition));
    if (complaint === undefined) {
      applied++;
    } else if (complaint === INVERTED) {
      node.warn(
        `not imported: ${condition.text} is true while nothing answers`,
      );
      return false;
    } else {
      condition.node.warn(`not imported: ${condition.text}: ${complaint}`);
    }
  }
  if (applied > 0) return true;
  node.warn("not imported: none of its conditions can be");
  return false;
}

function isConstant(
  { name, path }: Operand,
  seen: Partial<Record<Placeholder, string>>,
): boolean {
  return name === undefined || path === "" && seen[name] !== undefined;
}

function constantComplaint(
  condition: Condition,
  seen: Partial<Record<Placeholder, string>>,
): string | undefined {
  const { left, right } = condition;
  if (right.name !== undefined || !isConstant(left, seen)) return undefined;
  const value = left.name === undefined ? left.text : seen[left.name]!;
  if (holdsFor(condition, value)) return undefined;
  return left.name === "CONNECTED" ? INVERTED : NEVER;
}

/**
 * Applies a condition about the time of the answer: the milliseconds that it
 * may take, or why there are none.
 */
export function latencyOf(
  { left, operator, right }: Condition,
): number | string {
  const ms = parseNumber(right.text);
  if (left.call !== undefined || ms === undefined) {
    return "the time can only be compared with a number or a duration";
  }
  if (operator !== "<" && operator !== "<=") {
    return "the time can only have a limit above";
  }
  return ms > 0 ? ms : NEVER;
}

/** Applies a condition about the certificate: its ms left, or a complaint. */
export function expiryOf(
  { left, operator, right }: Condition,
): number | string {
  if (left.call !== undefined || operator !== ">" && operator !== ">=") {
    return "the certificate can only have a lower limit";
  }
  const ms = parseNumber(right.text);
  return ms ??
    `${JSON.stringify(right.text)} is no duration in Go, and means 0`;
}

/** A host and a port; either may be a reference to a variable. */
export interface HostPort {
  readonly host: string;
  readonly port: Field;
}

/** Reads `HOST:PORT` behind a scheme. */
export function hostPortOf(
  { template, text }: Words,
  scheme: RegExp,
  fallbackPort?: number,
): HostPort | undefined {
  const address = (scheme.test(template) ? template : text).replace(scheme, "");
  const [, host, port] =
    /^(\[[^\]]*\]|(?:\$\{\w+\}|[^:/[\]${}])+)(?::(\d+|\$\{\w+\}))?$/
      .exec(address) ?? [];
  if (host === undefined || port === undefined && fallbackPort === undefined) {
    return undefined;
  }
  return {
    host: host.replace(/^\[(.*)\]$/, "$1"),
    port: port === undefined
      ? fallbackPort!
      : /^\d+$/.test(port)
      ? Number(port)
      : port,
  };
}
