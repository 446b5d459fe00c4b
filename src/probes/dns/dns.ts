import { OptionError, readOption } from "../../core/option_error.ts";
import { error, fail, pass } from "../../core/outcome.ts";
import type { DetailMetric, Outcome, Probe } from "../../core/types.ts";
import { monotonicTime, wallTime } from "../../io/clock.ts";
import { authority } from "../address.ts";
import { classify, internal } from "../classify.ts";
import {
  EXPIRY_METRIC,
  expiryDetail,
  type ExpiryLimits,
  expiryTest,
} from "../connection/expiry.ts";
import { define } from "../define.ts";
import { timedOut } from "../timed_out.ts";
import type { SecurityOptions } from "../tcp/security.ts";
import { type Answered, UNANSWERED } from "./ask.ts";
import { detailOf, type DnsExpectations, judgeOf } from "./judge.ts";
import { type Answer, queriesFor } from "./message.ts";
import { canonicalName, reverseName } from "./names.ts";
import { type DnsRecord, RECORD_TYPES } from "./records.ts";
import { type Asked, resolve } from "./resolve.ts";
import { type DnsServerOptions, type Server, serverOf } from "./server.ts";

/** Options for {@linkcode dns}. */
export interface DnsOptions
  extends DnsExpectations, DnsServerOptions, SecurityOptions {
  /** The name to look up; with `PTR`, it may be an address. */
  name: string;
  /**
   * The type of the records.
   *
   * @default {"A"}
   */
  record?: DnsRecord;
  /**
   * When a certificate of the server that ends soon warns or fails: a duration
   * such as `"21d"`, or a share of its lifetime such as `"20%"`. It needs TLS or
   * HTTPS.
   */
  certificate?: ExpiryLimits;
}

/** The metrics of all dns probes, under the names of blackbox_exporter. */
const METRICS: readonly DetailMetric[] = Object.freeze([
  {
    name: "probe_dns_lookup_time_seconds",
    help: "How long the server took to answer in the last attempt.",
    key: "lookupMs",
    value: (ms) => Number(ms) / 1000,
  },
  {
    name: "probe_dns_answer_rrs",
    help: "The records in the answer of the last attempt.",
    key: "answerRecords",
  },
  {
    name: "probe_dns_query_succeeded",
    help: "Whether the server answered in the last attempt.",
    key: "rcode",
    value: (rcode) => rcode === UNANSWERED.rcode ? 0 : 1,
  },
  {
    name: "probe_dns_serial",
    help: "The serial of the SOA in the last attempt.",
    key: "serial",
  },
  EXPIRY_METRIC,
]);

const UNSUPPORTED = error({
  code: "unsupported",
  message: "This runtime has no dns checks: only Deno has",
});

/**
 * Probes a name: it passes if a name server has records of it, and they are what
 * is expected. A server that does not answer, one that cannot find it out, a name
 * that does not exist and one without such records are told apart.
 *
 * @throws {OptionError} If an option is not valid.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dns } from "@lifesign/lifesign/probes";
 *
 * const mail = dns({
 *   name: "example.com",
 *   record: "MX",
 *   server: "192.0.2.53",
 *   expect: ["10 mail.example.com"],
 * });
 * assertEquals(mail.target, "dns://192.0.2.53/example.com?type=MX");
 * ```
 */
export function dns(options: DnsOptions): Probe {
  const asked = askedOf(options);
  const judge = judgeOf(asked, options);
  const server = serverOf(options);
  const { certificate } = options;
  if (certificate !== undefined && !server.isSecure) {
    throw new OptionError(
      "certificate",
      'expected transport "tls" or "https" with it',
    );
  }
  const expiry = expiryTest("certificate", certificate ?? {});
  const nextQuery = queriesFor(asked.name, RECORD_TYPES[asked.record]);

  function judged({ answer, lifetime }: Answered, lookupMs: number): Outcome {
    const now = wallTime();
    const resolved = resolve(answer, asked);
    const detail = {
      ...detailOf(answer, resolved),
      lookupMs: Math.round(lookupMs * 1000) / 1000,
      ...(lifetime !== undefined && expiryDetail(lifetime, now)),
    };
    return judge(answer, resolved, detail) ??
      (lifetime && expiry(lifetime, now, detail)) ?? pass(detail);
  }

  const run = async (signal: AbortSignal): Promise<Outcome> => {
    try {
      if (!("Deno" in globalThis)) return UNSUPPORTED;
      signal.throwIfAborted();
      const startedAt = monotonicTime();
      let answered = await server.ask(nextQuery(true), signal);
      if (needsNoEdns(answered.answer)) {
        answered = await server.ask(nextQuery(false), signal);
      }
      return judged(answered, monotonicTime() - startedAt);
    } catch (thrown) {
      const outcome = signal.aborted
        ? timedOut(signal)
        : classify(thrown, server.peer) ?? internal(thrown);
      const { verdict, reason, detail } = outcome;
      return verdict === "fail"
        ? fail(reason!, { ...UNANSWERED, ...detail })
        : outcome;
    }
  };

  return define(run, {
    type: "dns",
    target: targetOf(asked, server),
    permissions: server.permissions,
    prepare: (signal) => server.prepare(signal),
    metrics: METRICS,
  });
}

/**
 * What the options ask for.
 *
 * @throws {OptionError} If there is no such thing.
 */
function askedOf({ name, record = "A" }: DnsOptions): Asked {
  if (!Object.hasOwn(RECORD_TYPES, record)) {
    const got = JSON.stringify(record);
    throw new OptionError("record", `expected a type such as "MX", got ${got}`);
  }
  const ofAddress = reverseName(name);
  if (ofAddress !== undefined && record !== "PTR") {
    throw new OptionError(
      "name",
      `expected a name, or record PTR with an address, got ${name}`,
    );
  }
  const own = readOption("name", () => canonicalName(ofAddress ?? name));
  if (own.includes("\\")) {
    throw new OptionError("name", "expected a name without a backslash");
  }
  return { name: own, record };
}

/** Whether a server does not know EDNS, and refuses it (RFC 6891, section 7). */
function needsNoEdns({ rcode, hasEdns }: Answer): boolean {
  return !hasEdns && (rcode === "FORMERR" || rcode === "NOTIMP");
}

/** A target as RFC 4501 writes it, which knows no transport. */
function targetOf({ name, record }: Asked, { to }: Server): string {
  const place = to === undefined
    ? ""
    : to.port === 53
    ? authority(to).replace(/:53$/, "")
    : authority(to);
  const type = record === "A" ? "" : `?type=${record}`;
  const path = name.replaceAll(/[%/?#]/g, encodeURIComponent);
  return `dns://${place}/${path}${type}`;
}
