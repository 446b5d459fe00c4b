import {
  type Duration,
  formatDuration,
  parseDuration,
} from "../core/duration.ts";
import { fail, pass, warn } from "../core/outcome.ts";
import { excerpt } from "../core/text.ts";
import type { Detail, Outcome } from "../core/types.ts";
import { enterStage } from "../io/stage.ts";
import { type StatusExpectation, statusTest } from "./http_status.ts";
import type { HttpAnswer } from "./http_transport.ts";
import { jsonComplaint, type JsonExpectation } from "./json_body.ts";
import { type TextExpectation, textTest, toRegExp } from "./matching.ts";

/** What an HTTP answer should be like. */
export interface HttpExpectations extends TextExpectation {
  /**
   * Which statuses pass: `200`, `"2xx"`, `"200-399"`, or a list of them.
   *
   * @default {"200-299"}
   */
  status?: StatusExpectation;
  /** Dotted paths in a JSON body, and the values that should be there. */
  json?: JsonExpectation;
  /** Headers the answer should have: a text within, or what it matches. */
  responseHeaders?: Readonly<Record<string, string | RegExp>>;
  /** How long the whole attempt may take until it is a `warn` or a `fail`. */
  latency?: { warn?: Duration; fail?: Duration };
  /**
   * How many bytes of the body are read; what is beyond is not looked at.
   *
   * @default {65536}
   */
  maxBody?: number;
}

/** Judges an answer; only the time it took is still open then. */
export type Judge = (
  answer: HttpAnswer,
  signal: AbortSignal,
) => Promise<(durationMs: number) => Outcome>;

/**
 * Makes a judge of what is expected.
 *
 * @throws {TypeError} If a pattern or a header's name is not valid.
 * @throws {RangeError} If a status, duration or size is out of range.
 */
export function judgeOf(options: HttpExpectations): Judge {
  const { status, contains, matches, json, responseHeaders, latency, maxBody } =
    options;
  const isUsual = (status ?? contains ?? matches ?? json ?? responseHeaders ??
    latency ?? maxBody) === undefined;
  return isUsual ? USUAL : makeJudge(options);
}

/** Most answers are expected to be like most others: one judge does. */
const USUAL = makeJudge({});

function makeJudge(options: HttpExpectations): Judge {
  const { json, maxBody = 65536 } = options;
  const status = statusTest(options.status ?? "200-299");
  const text = textTest("the body", options);
  const headers = headersTest(options.responseHeaders ?? {});
  const latency = latencyTest(options.latency ?? {});
  if (!(Number.isSafeInteger(maxBody) && maxBody >= 0)) {
    throw new RangeError(
      `Expected maxBody to be a number of bytes, got ${maxBody}`,
    );
  }
  return async (answer, signal) => {
    const detail = { httpStatus: answer.status };
    if (!status.passes(answer.status)) {
      const to = answer.headers.get("location");
      const message = `Expected status ${status.text}, got ${answer.status}`;
      return () =>
        fail(
          "status",
          to === null ? message : `${message} to ${excerpt(to)}`,
          detail,
        );
    }
    const wrongHeader = headers(answer.headers);
    if (wrongHeader !== undefined) {
      return () => fail("header", wrongHeader, detail);
    }
    enterStage(signal, "reading the body");
    const bytes = await answer.readBody(maxBody);
    // Decoded only if somebody asks.
    const body = (): string => new TextDecoder().decode(bytes);
    const complaint = text?.(body()) ??
      (json === undefined
        ? undefined
        : jsonComplaint(body(), json, bytes.length === maxBody));
    if (complaint !== undefined) return () => fail("body", complaint, detail);
    return (durationMs) => latency(durationMs, detail) ?? pass(detail);
  };
}

function headersTest(
  expected: Readonly<Record<string, string | RegExp>>,
): (headers: Headers) => string | undefined {
  const tests = Object.entries(expected).map(([name, value]) => {
    // Throws the TypeError for what cannot be a header's name.
    new Headers().has(name);
    return [name, typeof value === "string" ? value : toRegExp(value)] as const;
  });
  return (headers) => {
    for (const [name, expected] of tests) {
      const value = headers.get(name);
      const met = value !== null &&
        (typeof expected === "string"
          ? value.includes(expected)
          : expected.test(value));
      if (met) continue;
      return `Expected header ${name} to ${
        typeof expected === "string"
          ? `contain ${excerpt(expected)}`
          : `match ${expected}`
      }, got ${value === null ? "none" : excerpt(value)}`;
    }
    return undefined;
  };
}

function latencyTest(
  latency: { warn?: Duration; fail?: Duration },
): (durationMs: number, detail: Detail) => Outcome | undefined {
  const warnMs = latency.warn === undefined
    ? Infinity
    : parseDuration(latency.warn);
  const failMs = latency.fail === undefined
    ? Infinity
    : parseDuration(latency.fail);
  return (durationMs, detail) => {
    if (durationMs <= Math.min(warnMs, failMs)) return undefined;
    const [outcome, limitMs] = durationMs > failMs
      ? [fail, failMs]
      : [warn, warnMs];
    return outcome(
      "latency",
      `Expected an answer within ${formatDuration(limitMs)}, got it after ${
        formatDuration(durationMs)
      }`,
      detail,
    );
  };
}
