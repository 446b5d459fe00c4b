import { OptionError } from "../../core/option_error.ts";
import { error, fail, pass, warn } from "../../core/outcome.ts";
import { excerpt, oneLine } from "../../core/text.ts";
import type { Detail, Outcome } from "../../core/types.ts";
import type { ProgramEnd } from "../../io/process/program.ts";
import { latencyTest } from "../latency.ts";
import type { PingOptions } from "./options.ts";
import { parseOutput, type PingOutput } from "./output.ts";

/** Judges what `ping` has printed. */
export interface PingJudge {
  /** Makes the outcome of a `ping` that has ended. */
  ended(end: ProgramEnd): Outcome;
  /**
   * Makes the outcome of one that has not ended and sent so many packets;
   * nothing if it has no answer.
   */
  unfinished(stdout: string, sent: number): Outcome | undefined;
}

/**
 * Makes a judge of options.
 *
 * @throws {OptionError} If one of them is not valid.
 */
export function pingJudge(host: string, options: PingOptions): PingJudge {
  const loss = lossTest(options.loss ?? {});
  const latency = latencyTest(
    options.latency ?? {},
    (limit, mean) =>
      `Expected a mean round trip of at most ${limit}, got ${mean}`,
  );

  function answered(
    { received, rttMs }: PingOutput,
    sent: number,
  ): Outcome {
    const lost = Math.max(sent - received, 0);
    const percent = Math.round(lost / sent * 1000) / 10;
    const detail = {
      lossPercent: percent,
      ...(rttMs !== undefined && { rttMs }),
    };
    const doubts = [
      loss(percent, `${lost} of ${sent} packets`, detail),
      rttMs === undefined ? undefined : latency(rttMs, detail),
    ];
    return doubts.find((doubt) => doubt?.verdict === "fail") ??
      doubts.find((doubt) => doubt !== undefined) ?? pass(detail);
  }

  function unreachable(words: string): Outcome {
    return fail({
      code: "unreachable",
      message: `Cannot reach ${host}: ${oneLine(words, 120)}`,
    }, NOTHING);
  }

  return {
    ended({ signal, stdout, stderr }) {
      const output = parseOutput(stdout);
      const { sent, received } = output;
      if (sent !== undefined && received > 0) return answered(output, sent);
      const [denied, unresolved, noRoute] = SAID.map((sign) =>
        sign.exec(stderr)?.[0]
      );
      if (denied !== undefined) {
        return error({
          code: "permission",
          message: `This process may not send what ping sends: ${
            oneLine(denied, 120)
          }`,
        });
      }
      if (unresolved !== undefined) {
        return fail({ code: "dns", message: `Cannot resolve ${host}` });
      }
      const words = output.unreachable ?? noRoute;
      if (words !== undefined) return unreachable(words);
      if (sent !== undefined && sent > 0) {
        return fail({
          code: "timeout",
          message: `Expected an answer of ${host}, got none to ${sent} packet${
            sent === 1 ? "" : "s"
          }`,
        }, NOTHING);
      }
      return error({
        code: "internal",
        message: signal === null
          ? `Expected the output of ping, got ${
            excerpt(stderr.trim() || stdout)
          }`
          : `Expected ping to end by itself, but ${signal} ended it`,
      });
    },
    unfinished(stdout, sent) {
      const output = parseOutput(stdout);
      if (output.received > 0) {
        return answered(output, Math.max(sent, output.received));
      }
      return output.unreachable === undefined
        ? undefined
        : unreachable(output.unreachable);
    },
  };
}

/** The details of an attempt in which everything was lost. */
const NOTHING: Detail = { lossPercent: 100 };

/** The lines of stderr that say why nothing was sent or came. */
const SAID: readonly RegExp[] = [
  /^.*(?:operation not permitted|permission denied).*$/im,
  /^.*(?:name or service not known|bad address|name resolution|name does not resolve|unknown host|no address associated|address family for hostname|no data|non-recoverable failure).*$/im,
  /^.*(?:unreachable|no route to host|host is down).*$/im,
];

/**
 * Makes a test of limits in percent.
 *
 * @throws {OptionError} If a limit is not valid, or `warn` is not less than
 * `fail`.
 */
function lossTest(
  limits: NonNullable<PingOptions["loss"]>,
): (percent: number, lost: string, detail: Detail) => Outcome | undefined {
  const { fail: failFrom = 100, warn: warnFrom = Math.min(50, failFrom) } =
    limits;
  for (const [name, limit] of Object.entries({ failFrom, warnFrom })) {
    if (limit > 0 && limit <= 100) continue;
    throw new OptionError(
      `loss.${name.replace("From", "")}`,
      `expected a percentage above 0 and up to 100, got ${limit}`,
    );
  }
  if (limits.warn !== undefined && warnFrom >= failFrom) {
    throw new OptionError(
      "loss.warn",
      `expected less than fail, which is ${failFrom}, got ${warnFrom}`,
    );
  }
  return (percent, lost, detail) => {
    if (percent < warnFrom) return undefined;
    const [outcome, limit] = percent >= failFrom
      ? [fail, failFrom]
      : [warn, warnFrom];
    return outcome({
      code: "timeout",
      message:
        `Expected less than ${limit} % of packets without an answer, got ${percent} % (${lost})`,
    }, detail);
  };
}
