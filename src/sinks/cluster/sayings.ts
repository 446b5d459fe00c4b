import type { ClusterLog, Standing } from "../../core/cluster/status.ts";
import type { Say } from "../../core/say.ts";

/** Says what is wrong with the cluster, once, and once it is over. */
export class Sayings {
  readonly #log: ClusterLog;
  readonly #say: Say;
  /** What was said last of how this agent takes part. */
  #standing: Standing = "member";
  /** Whether it was said last that no agent sends messages. */
  #isUntold = false;

  constructor(log: ClusterLog, say: Say) {
    this.#log = log;
    this.#say = say;
  }

  /** Says what is new. */
  look(): void {
    this.#lookAtStanding();
    this.#lookAtTeller();
  }

  #lookAtStanding(): void {
    const { standing, isConnected, self } = this.#log;
    if (standing === this.#standing || standing === "joining") return;
    if (standing === "replaced") {
      this.#say(
        `cluster: another agent has the id ${self}; this one runs no checks`,
        "warn",
      );
    } else if (standing === "alone") {
      // That there is no connection is said already.
      if (!isConnected) return;
      this.#say("cluster: cannot join; this agent runs all checks", "warn");
    } else if (this.#standing !== "member") {
      this.#say("cluster: joined", "info");
    }
    this.#standing = standing;
  }

  #lookAtTeller(): void {
    const { standing, isConnected, untoldSince } = this.#log;
    const isUntold = untoldSince !== null;
    if (isUntold === this.#isUntold) return;
    // Otherwise it is said already what is wrong.
    if (isUntold && (standing !== "member" || !isConnected)) return;
    this.#isUntold = isUntold;
    if (isUntold) this.#say("cluster: no agent sends messages", "warn");
    else this.#say("cluster: messages are sent again", "info");
  }
}
