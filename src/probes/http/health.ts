import { oneLine } from "../../core/text.ts";
import { at, bodyComplaint, type ReadJson } from "./json_body.ts";

/** A status in the words of the health+json draft. */
type HealthStatus = "pass" | "warn" | "fail";

/** The health that a target reports, or why it cannot be read. */
export type Health =
  | {
    readonly status: HealthStatus;
    readonly message: string;
    readonly complaint?: undefined;
  }
  | { readonly status?: undefined; readonly complaint: string };

/** The draft's statuses and their aliases, in lower case. */
const STATUSES: Readonly<Record<string, HealthStatus>> = {
  pass: "pass",
  ok: "pass",
  up: "pass",
  warn: "warn",
  fail: "fail",
  error: "fail",
  down: "fail",
};

/**
 * Reads a response in the format of draft-inadarei-api-health-check-06. The
 * message names the checks that cause the status.
 */
export function readHealth(read: ReadJson): Health {
  if (read.complaint !== undefined) return read;
  const { body } = read;
  const status = statusOf(body);
  if (status === undefined) {
    const expected = '"pass", "warn" or "fail"';
    return { complaint: bodyComplaint("status", expected, at(body, "status")) };
  }
  const causes = causesOf(body, status) ?? outputOf(body);
  const message = `Health is ${status}`;
  return {
    status,
    message: causes === undefined ? message : `${message}: ${causes}`,
  };
}

function statusOf(value: unknown): HealthStatus | undefined {
  const status = at(value, "status");
  if (typeof status !== "string") return undefined;
  const word = status.toLowerCase();
  return Object.hasOwn(STATUSES, word) ? STATUSES[word] : undefined;
}

/** The names of the checks that are as bad as the whole, and their outputs. */
function causesOf(body: unknown, worst: HealthStatus): string | undefined {
  const checks = at(body, "checks");
  if (typeof checks !== "object" || checks === null || Array.isArray(checks)) {
    return undefined;
  }
  const causes = Object.entries(checks).flatMap(([name, nodes]) => {
    // The draft requires a list, but not every server sends one.
    const node = [nodes].flat().find((node) => {
      const status = statusOf(node);
      return status === "fail" || status === worst;
    });
    if (node === undefined) return [];
    const output = outputOf(node);
    return output === undefined ? name : `${name} (${output})`;
  });
  return causes.length === 0 ? undefined : causes.join(", ");
}

function outputOf(value: unknown): string | undefined {
  const output = at(value, "output");
  if (typeof output !== "string") return undefined;
  return oneLine(output, 80) || undefined;
}
