import type { Duration } from "../../core/duration.ts";
import {
  mustBeBoolean,
  OptionError,
  readOption,
} from "../../core/option_error.ts";
import { fail, pass, warn } from "../../core/outcome.ts";
import { excerpt, oneLine } from "../../core/text.ts";
import type { Detail, Outcome, Reason } from "../../core/types.ts";
import { monotonicTime, wallTime } from "../../io/clock.ts";
import { enterStage } from "../../core/stage.ts";
import { type ExpiryLimits, expiryTest } from "../connection/expiry.ts";
import { readHealth } from "./health.ts";
import { type StatusExpectation, statusTest } from "./status.ts";
import type { HttpAnswer } from "./transport.ts";
import { Assertions } from "./assert/assertions.ts";
import { Body, bodyTest } from "./body.ts";
import type { JsonExpectation } from "./json_body.ts";
import { latencyTest } from "../latency.ts";
import { type TextExpectation, toRegExp } from "../matching.ts";

/** What is expected of an HTTP response. */
export interface HttpExpectations extends TextExpectation {
  /**
   * Which statuses pass: `200`, `"2xx"`, `"200-399"`, or a list of them.
   *
   * @default {"200-299"}, or `"200-399"` with `health`
   */
  status?: StatusExpectation;
  /** Dotted paths in a JSON body, and the values that should be there. */
  json?: JsonExpectation;
  /**
   * Whether the body is in the format of draft-inadarei-api-health-check-06, and
   * its status `pass`, `warn` or `fail` is the verdict. The reason for a `fail`
   * comes from the body, whatever the HTTP status is.
   *
   * @default {false}
   */
  health?: boolean;
  /**
   * Expressions in CEL that should be true of the answer, such as
   * `body.queue.length < 100`. They have the variables `status`, `headers`,
   * `body` (JSON), `text` and `duration`. One that is not valid is an `error` of
   * each attempt, since the library for them is loaded with the first one.
   */
  assert?: readonly string[];
  /** Headers that the response should have: a substring, or a regular expression. */
  responseHeaders?: Readonly<Record<string, string | RegExp>>;
  /** How long the whole attempt may take before it is a `warn` or a `fail`. */
  latency?: { warn?: Duration; fail?: Duration };
  /**
   * When a certificate that ends soon warns or fails: a duration such as
   * `"21d"`, or a share of its lifetime such as `"20%"`. All certificates that
   * the servers of an attempt show count, but for roots. It needs an `https:`
   * URL.
   */
  certificate?: ExpiryLimits;
  /**
   * How many bytes of the body are read. The rest is ignored.
   *
   * @default {65536}
   */
  maxBody?: number;
}

/** Judges responses. */
export interface Judge {
  /** Judges one to a request that was sent at a time of the monotonic clock. */
  (
    answer: HttpAnswer,
    signal: AbortSignal,
    startedAt: number,
  ): Promise<Outcome>;
  /** Loads what it needs. Returns nothing if all is loaded. */
  prepare?(): Promise<void> | undefined;
}

/**
 * Makes a judge of what is expected of the answers to a method.
 *
 * @throws {OptionError} If one of the options is not valid.
 */
export function judgeOf(options: HttpExpectations, method: string): Judge {
  const isUsual = EXPECTATIONS.every((name) => options[name] === undefined);
  return isUsual ? USUAL : makeJudge(options, method);
}

/** Every option that a judge knows. */
const EXPECTATIONS = Object.keys(
  {
    status: true,
    contains: true,
    containsNot: true,
    matches: true,
    matchesNot: true,
    json: true,
    assert: true,
    health: true,
    responseHeaders: true,
    latency: true,
    certificate: true,
    maxBody: true,
  } satisfies Record<keyof HttpExpectations, true>,
) as (keyof HttpExpectations)[];

/** Most checks have the same expectations, and share one judge. */
const USUAL = makeJudge({}, "GET");

function makeJudge(options: HttpExpectations, method: string): Judge {
  mustBeBoolean("health", options.health);
  const { health = false, maxBody = 65536 } = options;
  const head = headTest(options);
  const body = bodyTest(options);
  const assertions = options.assert === undefined
    ? undefined
    : new Assertions(options.assert, { hasBody: method !== "HEAD" });
  const latency = latencyTest(options.latency ?? {});
  const expiry = expiryTest("certificate", options.certificate ?? {});
  if (!(Number.isSafeInteger(maxBody) && maxBody >= 0)) {
    throw new OptionError(
      "maxBody",
      `expected a number of bytes, got ${maxBody}`,
    );
  }
  // The whole answer counts for the latency.
  const isWhole = health || options.latency !== undefined ||
    assertions?.needBody === true;

  /** Reads the body as far as it is needed. */
  async function readBody(
    answer: HttpAnswer,
    signal: AbortSignal,
  ): Promise<Body> {
    if (!isWhole && !body.isNeeded) return NO_BODY;
    const type = answer.headers.get("content-type");
    enterStage(signal, "reading the body");
    const bytes = await answer.readBody(
      maxBody,
      isWhole ? undefined : body.settled(type),
    );
    return new Body(
      bytes,
      type,
      bytes.length === maxBody ? maxBody : undefined,
    );
  }

  const judge: Judge = async (answer, signal, startedAt) => {
    const wrongHead = head(answer);
    if (wrongHead !== undefined && !health) {
      return fail(wrongHead, detailOf(answer));
    }
    const read = await readBody(answer, signal);
    let detail = detailOf(answer);
    const told = health ? readHealth(read.json) : undefined;
    if (told?.status !== undefined) detail = { ...detail, health: told.status };
    // The body says better than the status what is wrong.
    if (told?.status === "fail") {
      return fail({ code: "mismatch", message: told.message }, detail);
    }
    if (wrongHead !== undefined) {
      return fail(wrongHead, detail);
    }
    const complaint = told?.complaint ?? body.complaint(read);
    if (complaint !== undefined) {
      return fail({ code: "body", message: complaint }, detail);
    }
    const durationMs = monotonicTime() - startedAt;
    const reason = await assertions?.reasonAgainst({
      status: answer.status,
      headers: answer.headers,
      body: read,
      durationMs,
    });
    if (reason !== undefined) return fail(reason, detail);
    const doubts = [
      told?.status === "warn"
        ? warn({ code: "mismatch", message: told.message }, detail)
        : undefined,
      latency(durationMs, detail),
      answer.lifetime && expiry(answer.lifetime, wallTime(), detail),
    ];
    return doubts.find((doubt) => doubt?.verdict === "fail") ??
      doubts.find((doubt) => doubt !== undefined) ?? pass(detail);
  };
  return assertions === undefined
    ? judge
    : Object.assign(judge, { prepare: () => assertions.prepare() });
}

const NO_BODY = new Body(new Uint8Array(), null);

function detailOf({ status, detail }: HttpAnswer): Detail {
  return { httpStatus: status, ...detail };
}

/** Tests everything but the body. */
function headTest(
  { status, health = false, responseHeaders = {} }: HttpExpectations,
): (answer: HttpAnswer) => Reason | undefined {
  // In the draft, 3xx passes as well.
  const expected = readOption(
    "status",
    () => statusTest(status ?? (health ? "200-399" : "200-299")),
  );
  const headersComplaint = readOption(
    "responseHeaders",
    () => headersTest(responseHeaders),
  );
  return ({ status, headers, from }) => {
    if (!expected.passes(status)) {
      const to = headers.get("location");
      const message = `Expected status ${expected.text}, got ${status}${
        from === undefined ? "" : ` from ${oneLine(from, 120)}`
      }`;
      return {
        code: "status",
        message: to === null ? message : `${message} to ${excerpt(to)}`,
      };
    }
    const message = headersComplaint(headers);
    return message === undefined ? undefined : { code: "header", message };
  };
}

function headersTest(
  expected: Readonly<Record<string, string | RegExp>>,
): (headers: HttpAnswer["headers"]) => string | undefined {
  const tests = Object.entries(expected).map(([name, value]) => {
    // Throws a TypeError if it cannot be the name of a header.
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
