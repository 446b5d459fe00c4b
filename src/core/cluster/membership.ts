/**
 * Who is a member of the cluster, by keys in a register that each member renews.
 * A member is there as long as its key is. A key that was not renewed for too long
 * is deleted by who finds it, if it has not changed meanwhile; so all members see
 * the same keys, and nobody is taken for dead while the register cannot be reached.
 */

import { Claim, type ClaimNews } from "./claim.ts";
import type { LeaseState } from "./lease.ts";
import { Others } from "./others.ts";
import type { Answer, Entry, Request } from "./register.ts";
import type { Candidate } from "./shares.ts";
import { TIMING, type Timing } from "./timing.ts";
import { digestOf, type MemberValue, type Profile, type View } from "./view.ts";

/** Who this member is. */
export interface MembershipOptions extends Profile {
  /** Its id, unique in the cluster. */
  readonly id: string;
  /** Another text for each run of the program. */
  readonly instance: string;
  /** @default {TIMING} */
  readonly timing?: Timing;
}

/**
 * How far this member is.
 *
 * - `joining`: it has no key, or does not know yet who else is there.
 * - `member`: it has a key.
 * - `leaving`: it says that it leaves, and others take over.
 * - `left`: it has deleted its key.
 * - `replaced`: another agent uses the same id. This one runs nothing, unless that
 *   one is gone.
 */
export type Stage = "joining" | "member" | "leaving" | "left" | "replaced";

/** How late a turn may be before this process was stalled, in milliseconds. */
const STALLED_MS = 2_000;

/**
 * The membership of one agent. It has no clock: `now` is always the agent's steady
 * clock, in milliseconds. Each turn, at least four times a second, it says which
 * requests to send; each is answered once.
 */
export class Membership {
  /** The id of this member. */
  readonly id: string;
  readonly #timing: Timing;
  readonly #others: Others;
  readonly #claim: Claim<MemberValue>;
  #profile: Profile;
  #stage: Stage = "joining";
  #isListed = false;
  #listAskedAt = -Infinity;
  #isDeparting = false;
  #joiningSince: number | null = null;
  #isCastaway = false;
  #failedAt = -Infinity;
  #turnedAt = -Infinity;
  /** Since when silence of others means something. */
  #attentiveSince = -Infinity;
  /** The digest that was written last. */
  #announced = "";
  #view: View | null = null;
  #viewOf = "";
  #views = 0;

  constructor(options: MembershipOptions) {
    const { id, instance, timing = TIMING, region, labels, config } = options;
    this.id = id;
    this.#timing = timing;
    this.#others = new Others(timing);
    this.#claim = new Claim(id, instance, timing);
    this.#profile = { region, labels, config };
  }

  /** How far this member is. */
  get stage(): Stage {
    return this.#stage;
  }

  /** What the own clock says of the own key. */
  lease(now: number): LeaseState {
    return this.#claim.lease.state(now);
  }

  /** For how long the lease was not renewed; see {@linkcode Lease.aloneMs}. */
  aloneMs(now: number): number | null {
    return this.#claim.lease.aloneMs(now);
  }

  /** Whether attempts may be made now, of the checks that this member runs. */
  acts(now: number): boolean {
    if (this.#stage === "left") return false;
    return this.#claim.lease.acts(now) || this.isCastaway(now);
  }

  /** Whether it acts without the others, as it could not join for too long. */
  isCastaway(now: number): boolean {
    const { requestMs, retryMs } = this.#timing;
    return this.#stage === "joining" && this.#isCastaway &&
      now - this.#failedAt <= 2 * (requestMs + retryMs);
  }

  /** All other members, with when each was last seen to renew its key. */
  others(): ReturnType<Others["all"]> {
    return this.#others.all();
  }

  /** The digest of the view that another member acts on, if it is there. */
  viewOf(id: string): string | undefined {
    return this.#others.get(id)?.view;
  }

  /**
   * Among whom the checks are shared: the members with the same config that do not
   * leave. `null` while this member runs nothing.
   */
  get view(): View | null {
    const isIn = this.#stage === "member" || this.#stage === "leaving" ||
      this.#stage === "joining" && this.#isCastaway;
    if (!isIn) return this.#view = null;
    const key = `${this.#others.changes} ${this.#stage}`;
    if (this.#view !== null && this.#viewOf === key) return this.#view;
    this.#viewOf = key;
    const members = this.#candidates();
    const digest = digestOf(members);
    if (this.#view?.digest !== digest) {
      this.#view = { number: ++this.#views, members, digest };
    }
    return this.#view;
  }

  /** Has another config, region or labels from now on. */
  configure(profile: Profile): void {
    this.#profile = profile;
    this.#viewOf = "";
    this.#claim.hurry();
  }

  /** Says that it leaves: others own its checks from when they see it. */
  leave(): void {
    if (this.#stage === "joining" || this.#stage === "replaced") this.depart();
    if (this.#stage !== "member") return;
    this.#stage = "leaving";
    this.#claim.hurry();
  }

  /** Deletes the own key: nothing is run here any more. */
  depart(): void {
    if (this.#stage === "left") return;
    const { isOwn, isBusy } = this.#claim;
    this.#stage = isOwn || isBusy ? "leaving" : "left";
    this.#isDeparting = true;
    this.#claim.hurry();
  }

  /** The requests to send now. */
  requests(now: number): Request<MemberValue>[] {
    if (this.#stage === "left") return [];
    if (now - this.#turnedAt > STALLED_MS) this.#attentiveSince = now;
    this.#turnedAt = now;
    this.#others.forget(now);
    if (this.#stage === "joining") {
      this.#joiningSince ??= now;
      this.#isCastaway ||= this.#failedAt > this.#joiningSince &&
        now - this.#joiningSince >= this.#timing.takeoverMs;
    }
    return [
      ...this.#listing(now),
      ...this.#writing(now),
      ...this.#evictions(now),
    ];
  }

  /** A request that was sent was answered. */
  answered(
    request: Request<MemberValue>,
    answer: Answer<MemberValue>,
    now: number,
  ): void {
    if (answer.type === "unreachable") {
      // What could not be heard is not silence.
      this.#failedAt = this.#attentiveSince = now;
    }
    if (request.type === "list") {
      if (answer.type === "unreachable") {
        this.#listAskedAt = now + this.#timing.retryMs -
          this.#timing.requestMs;
      }
      return;
    }
    const { write } = request;
    if (write.key === this.id) {
      this.#take(this.#claim.answered(request, answer, now));
      if (this.#isDeparting && !this.#claim.isOwn) this.depart();
    } else if (answer.type === "conflict" && answer.entry !== undefined) {
      this.#others.differs(write, answer.entry, now);
    }
  }

  /**
   * The connection is gone, and watching with it: a list is asked for. It is to be
   * said before any request goes over another connection.
   */
  disconnected(): void {
    this.#isListed = false;
    this.#listAskedAt = -Infinity;
  }

  /** Watching has begun anew, and these are all keys. */
  listed(entries: readonly Entry<MemberValue>[], now: number): void {
    const own = entries.find(({ key }) => key === this.id);
    const news = this.#claim.listed(own ?? null, now);
    this.#others.listed(entries.filter((entry) => entry !== own), now, {
      mayBeLost: news === "lost",
    });
    this.#take(news);
    this.#isListed = true;
    this.#listAskedAt = -Infinity;
  }

  /** A key was seen to change. */
  changed(entry: Entry<MemberValue>, now: number): void {
    if (entry.key === this.id) this.#take(this.#claim.changed(entry, now));
    else this.#others.changed(entry, now);
  }

  #take(news: ClaimNews): void {
    switch (news) {
      case "renewed":
        if (this.#stage !== "leaving") this.#stage = "member";
        this.#isCastaway = false;
        return;
      case "lost":
        // Others found it dead, or the register has lost its keys.
        this.#stage = this.#stage === "leaving" ? "left" : "joining";
        this.#isListed = false;
        this.#joiningSince = null;
        this.#claim.hurry();
        return;
      case "taken":
        this.#stage = this.#stage === "leaving" ? "left" : "replaced";
        return;
      case null:
        return;
      default:
        return news satisfies never;
    }
  }

  *#listing(now: number): Iterable<Request<MemberValue>> {
    if (this.#isListed && !this.#claim.missesEcho(now)) return;
    if (now - this.#listAskedAt < this.#timing.requestMs) return;
    this.#listAskedAt = now;
    yield { type: "list" };
  }

  *#writing(now: number): Iterable<Request<MemberValue>> {
    const claim = this.#claim;
    if (claim.isBusy || !this.#isListed && !claim.isOwn) return;
    if (this.#isDeparting) {
      if (claim.isOwn && claim.isDue(now)) yield claim.delete(now);
      return;
    }
    if (this.#stage === "replaced" && this.#isTaken(now)) return;
    const view = this.view?.digest ?? digestOf(this.#candidates());
    const hasNews = view !== this.#announced && claim.isOwn &&
      now - claim.sentAt >= this.#timing.announceMs;
    if (!claim.isDue(now) && !hasNews) return;
    this.#announced = view;
    const leaving = this.#stage === "leaving";
    yield claim.put({ ...claim.owner, ...this.#profile, view, leaving }, now);
  }

  *#evictions(now: number): Iterable<Request<MemberValue>> {
    if (this.lease(now) !== "held") return;
    const silent = this.#others.silent(now, this.#attentiveSince);
    for (const write of silent) yield { type: "write", write };
  }

  /** Whether another agent renews the own key. */
  #isTaken(now: number): boolean {
    const { value, silentSince } = this.#claim;
    const since = Math.max(silentSince, this.#attentiveSince);
    return value !== null && now - since < this.#timing.takeoverMs;
  }

  #candidates(): Candidate[] {
    const { region, labels, config } = this.#profile;
    const isIn = this.#stage !== "leaving";
    const members: Candidate[] = isIn ? [{ id: this.id, region, labels }] : [];
    for (const [id, value] of this.#others.all()) {
      if (value.config !== config || value.leaving) continue;
      members.push({ id, region: value.region, labels: value.labels });
    }
    return members.sort((a, b) => a.id < b.id ? -1 : 1);
  }
}
