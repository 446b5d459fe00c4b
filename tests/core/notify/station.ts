/** A desk on a clock of its own, for tests: what it sends is noted. */

import { Desk } from "../../../src/core/notify/desk.ts";
import type { Message } from "../../../src/core/notify/message.ts";
import type { NotifierPolicy } from "../../../src/core/notify/policy.ts";
import type { Scene, Sighting } from "../../../src/core/notify/sighting.ts";
import type { Delivery } from "../../../src/core/notify/status.ts";
import type { Status } from "../../../src/core/types.ts";

/** A Friday at noon. */
export const START: number = Date.UTC(2026, 10, 27, 12);
export const SECOND = 1000;
export const MINUTE: number = 60 * SECOND;
const DEADLINE = 10 * SECOND;
export const HOUR: number = 60 * MINUTE;

type Failure = Exclude<Delivery, { readonly ok: true }>;

export const ARRIVED: Delivery = { ok: true, answer: "ok" };
export const LOST: Failure = {
  ok: false,
  why: "refused",
  isFinal: false,
  mayHaveArrived: false,
};
export const PERHAPS: Failure = {
  ok: false,
  why: "timed out",
  isFinal: false,
  mayHaveArrived: true,
};
export const FINAL: Failure = {
  ok: false,
  why: "404",
  isFinal: true,
  mayHaveArrived: false,
};

export const POLICY: NotifierPolicy = {
  on: ["unhealthy"],
  agents: false,
  afterMs: 0,
  remindMs: null,
  resolved: true,
  gatherMs: null,
  limit: 20,
  checks: null,
  groups: null,
  self: [],
  quiet: null,
};

/** What becomes of an attempt; `crash` ends the process while it is in flight. */
export interface Fate {
  readonly delivery: Delivery | "crash";
  readonly arrives: boolean;
}

/** An attempt to send a message. */
export interface Sent extends Fate {
  readonly at: number;
  readonly message: Message;
}

/** A desk, its clock, its fleet and its receiver. */
export class Station {
  now: number = START;
  desk: Desk;
  /** What attempts come to. */
  answer: Delivery | ((message: Message) => Fate | "later") = ARRIVED;
  /** What is in flight, and since when. */
  flying: { readonly message: Message; readonly since: number } | null = null;
  /** What becomes of an attempt at its deadline. */
  late: Fate = { delivery: PERHAPS, arrives: false };
  readonly sent: Sent[] = [];
  readonly saved: Map<string, string> = new Map();
  /** What of it survives if the process is killed. */
  written: ReadonlyMap<string, string> = new Map();
  readonly failed: Set<string> = new Set();
  checks = 10;
  isComplete = true;
  policy: NotifierPolicy;
  readonly #incidents = new Map<string, { id: string; began: number }>();
  readonly #last = new Map<string, Sighting>();
  readonly #downAt = new Map<string, number>();
  /** From 0 up to 1. */
  random = 0;

  constructor(
    policy: Partial<NotifierPolicy> = {},
    readonly options: {
      readonly dependsOnOthers?: (check: string) => boolean;
    } = {},
  ) {
    this.policy = { ...POLICY, ...policy };
    this.desk = this.#open();
  }

  #open(): Desk {
    return new Desk({
      policy: this.policy,
      dependsOnOthers: this.options.dependsOnOthers ?? (() => false),
      saved: [...this.saved],
      save: (name, value) => {
        if (value === null) this.saved.delete(name);
        else this.saved.set(name, value);
      },
    });
  }

  /** The process ends and starts again. */
  restart(): void {
    this.desk = this.#open();
  }

  /** All that was saved is written. */
  write(): void {
    this.written = new Map(this.saved);
  }

  /** The process is killed and starts again: what was not written is lost. */
  crash(): void {
    this.saved.clear();
    for (const [name, value] of this.written) this.saved.set(name, value);
    this.restart();
  }

  scene(): Scene {
    return {
      checks: this.checks,
      downSince: (at) =>
        [...this.#downAt.values()].filter((down) => down >= at).length,
      hasFailed: (check) => this.failed.has(check),
      isComplete: this.isComplete,
    };
  }

  /** A check settles. */
  see(
    check: string,
    status: Status,
    about: Partial<Sighting> = {},
  ): Sighting {
    const last = this.#last.get(check);
    const since = last?.status === status ? last.since : this.now;
    if (status === "unhealthy") {
      if (!this.#incidents.has(check)) {
        const id = `${check}@${(this.now - START) / SECOND}`;
        this.#incidents.set(check, { id, began: this.now });
        this.#downAt.set(check, this.now);
      }
    } else if (status !== "unknown") {
      this.#incidents.delete(check);
      this.#downAt.delete(check);
    }
    const sighting: Sighting = {
      check,
      group: null,
      type: "tcp",
      target: `${check}:80`,
      status,
      since,
      reason: status === "healthy"
        ? null
        : { code: "refused", message: `${check} is ${status}` },
      incident: this.#incidents.get(check) ?? null,
      muted: null,
      ...about,
      at: this.now,
    };
    this.#last.set(check, sighting);
    this.desk.see(sighting);
    this.turn();
    return sighting;
  }

  mute(check: string, by: Sighting["muted"] = { by: "maintenance" }): void {
    const last = this.#last.get(check)!;
    this.see(check, last.status, { ...last, muted: by });
  }

  unmute(check: string): void {
    const last = this.#last.get(check)!;
    this.see(check, last.status, { ...last, muted: null });
  }

  leave(check: string): void {
    this.#last.delete(check);
    this.#incidents.delete(check);
    this.#downAt.delete(check);
    this.desk.leave(check, this.now);
    this.turn();
  }

  change(policy: Partial<NotifierPolicy>): void {
    this.policy = { ...this.policy, ...policy };
    this.desk.change(this.policy);
    this.turn();
  }

  /** Does all that is due now, as the sink does. */
  turn(): void {
    for (let i = 0; i < 1000; i++) {
      const { flying } = this;
      if (flying !== null && flying.since + DEADLINE <= this.now) {
        this.#land(this.late);
      }
      const isDue = this.desk.nextLook <= this.now;
      if (isDue) this.desk.look(this.now, this.scene());
      const message = this.flying === null
        ? this.desk.next(this.now)
        : undefined;
      if (message === undefined) {
        if (isDue || this.desk.nextLook <= this.now) continue;
        return;
      }
      this.desk.sending(message.id, this.now);
      this.write();
      const { answer } = this;
      const fate = typeof answer === "function"
        ? answer(message)
        : { delivery: answer, arrives: answer.ok };
      this.flying = { message, since: this.now };
      if (fate !== "later") this.#land(fate);
    }
    throw new Error("It does not come to rest");
  }

  /** What is in flight comes to something. */
  land(fate: Fate): void {
    this.#land(fate);
    this.turn();
  }

  #land(fate: Fate): void {
    const { message, since } = this.flying!;
    this.flying = null;
    const { delivery } = fate;
    const at = delivery === "crash" ? since : this.now;
    this.sent.push({ at, message, ...fate });
    if (delivery === "crash") this.crash();
    else this.desk.delivered(message.id, delivery, this.now, this.random);
  }

  /** Lets time pass. */
  wait(ms: number): void {
    const end = this.now + ms;
    this.turn();
    while (this.#next <= end) {
      this.now = Math.max(this.now, this.#next);
      this.turn();
      if (this.#next <= this.now) throw new Error("It has not done it");
    }
    this.now = end;
  }

  get #next(): number {
    const { nextLook, nextSend } = this.desk;
    if (this.flying === null) return Math.min(nextLook, nextSend);
    return Math.min(nextLook, this.flying.since + DEADLINE);
  }

  /** What arrived: seconds since the start, the event, and the checks. */
  get told(): string[] {
    return this.sent.filter(({ arrives }) => arrives).map(line);
  }

  /** All attempts, likewise. */
  get tried(): string[] {
    return this.sent.map(line);
  }
}

function line({ at, message: { event, incidents } }: Sent): string {
  const checks = incidents.map(({ check }) => check).join(" ");
  return `${(at - START) / SECOND} ${event} ${checks}`;
}
