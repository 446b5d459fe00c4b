import { LatencyHistogram } from "../../core/past/latency.ts";
import type { Incident } from "../../core/past/incident.ts";
import type { Period } from "../../core/past/period.ts";
import type { Spans } from "../../core/past/uptime.ts";
import type { Verdict } from "../../core/types.ts";
import type { PastAttempt } from "../../fleet/history.ts";
import type {
  Archive,
  IncidentQuery,
  PeriodsOptions,
  Range,
  Step,
} from "../../fleet/past/archive.ts";
import { unpacked } from "./packed.ts";
import {
  PERIOD_NUMBERS,
  type PeriodsReply,
  type Question,
  type ReplyTo,
} from "./protocol.ts";

/** What answers questions. */
export interface Answerer {
  ask<Q extends Question>(question: Q): Promise<ReplyTo<Q>>;
}

/** An archive that asks a history, wherever that is. */
export class HistoryArchive implements Archive {
  readonly #history: Answerer;

  constructor(history: Answerer) {
    this.#history = history;
  }

  async periods(
    checks: readonly string[],
    step: Step,
    range: Range,
    { latency = true, merged = false }: PeriodsOptions = {},
  ): Promise<ReadonlyMap<string, readonly Period[]>> {
    const reply = await this.#history.ask(
      { type: "periods", checks, step, range, latency, merged },
    );
    let next = 0;
    return new Map(Array.from(reply.lengths, ([check, length]) => [
      check,
      Array.from({ length }, () => new NumberedPeriod(reply, next++)),
    ]));
  }

  async attempts(
    check: string,
    range: Range,
    limit?: number,
  ): Promise<readonly PastAttempt[]> {
    const { codes, times, reasonOf, reasons } = await this.#history.ask({
      type: "attempts",
      check,
      range,
      ...(limit !== undefined && { limit }),
    });
    return Array.from(codes, (code, i) =>
      unpacked({
        code,
        at: times[i]!,
        reason: reasons[reasonOf[i]! - 1],
      }));
  }

  async incidents(query: IncidentQuery = {}): Promise<readonly Incident[]> {
    const { incidents } = await this.#history.ask({ type: "incidents", query });
    return incidents;
  }
}

/** A period that is read from numbers when it is looked at: most are not. */
class NumberedPeriod implements Period {
  readonly #reply: PeriodsReply;
  readonly #nth: number;

  constructor(reply: PeriodsReply, nth: number) {
    this.#reply = reply;
    this.#nth = nth;
  }

  get from(): number {
    return this.#at(0);
  }

  get to(): number {
    return this.#at(1);
  }

  get counts(): Readonly<Record<Verdict, number>> {
    return {
      pass: this.#at(2),
      warn: this.#at(3),
      fail: this.#at(4),
      error: this.#at(5),
    };
  }

  // A page of many checks reads tens of thousands of them.
  get spans(): Spans {
    return {
      unknown: this.#at(6),
      healthy: this.#at(7),
      degraded: this.#at(8),
      unhealthy: this.#at(9),
      maintenance: this.#at(10),
    };
  }

  get latency(): LatencyHistogram {
    const { latencies, ends } = this.#reply;
    const start = this.#nth === 0 ? 0 : ends[this.#nth - 1]!;
    return LatencyHistogram.fromBytes(
      latencies.subarray(start, ends[this.#nth]!),
    );
  }

  #at(place: number): number {
    return this.#reply.numbers[this.#nth * PERIOD_NUMBERS + place]!;
  }
}
