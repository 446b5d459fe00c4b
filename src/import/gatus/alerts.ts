import type { Node } from "../node.ts";

/** How many attempts in a row it takes. */
export interface Thresholds {
  readonly retries: number;
  readonly rise: number;
}

/** The alerts of all files, by which an endpoint counts as down. */
export class Alerts {
  /** Defaults, by the type of the alert. */
  readonly #defaults = new Map<string, Node>();
  /** The types of alerts in use. */
  readonly types: Set<string> = new Set();

  /** Takes the defaults of a file. */
  add(alerting: Node): void {
    if (!alerting.isMap) return;
    for (const type of alerting.keys()) {
      this.#defaults.set(type, alerting.get(type).get("default-alert"));
    }
  }

  /** The thresholds of an endpoint, if it has alerts. */
  of(endpoint: Node): Thresholds | undefined {
    const all = endpoint.get("alerts").items("a list of alerts")
      .map((alert) => this.#read(alert)).filter((read) => read !== undefined);
    const [first] = all;
    if (first === undefined) return undefined;
    const retries = Math.min(...all.map(({ retries }) => retries));
    const soonest = all.find((each) => each.retries === retries)!;
    const isSame = all.every((each) =>
      each.retries === soonest.retries && each.rise === soonest.rise
    );
    if (!isSame) {
      endpoint.get("alerts").warn(
        `these have several thresholds: the check has those of the soonest, ${soonest.retries} and ${soonest.rise}`,
      );
    }
    return soonest;
  }

  #read(alert: Node): Thresholds | undefined {
    const type = alert.get("type").text("a type") ?? "";
    const fallback = this.#defaults.get(type);
    const setting = (key: string): Node | undefined =>
      [alert.get(key), fallback?.get(key)].find((node) => node?.exists);
    if (setting("enabled")?.boolean() === false) return undefined;
    this.types.add(type);
    const count = (key: string, usual: number): number => {
      const value = setting(key)?.integer({
        min: -1000,
        expected: "a whole number",
      });
      return value === undefined || value <= 0 ? usual : value;
    };
    return {
      retries: count("failure-threshold", 3),
      rise: count("success-threshold", 2),
    };
  }
}
