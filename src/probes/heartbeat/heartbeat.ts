import { error } from "../../core/outcome.ts";
import { Secrets } from "../../core/secrets.ts";
import type { Outcome, Probe } from "../../core/types.ts";
import { define } from "../define.ts";
import { Follower } from "./follower.ts";
import { type HeartbeatOptions, readOptions } from "./options.ts";
import { METRICS } from "./outcome.ts";

/**
 * Watches a job that pings, such as a backup: it passes with the ping of a run
 * that went well, and fails with one that did not, and when no ping comes in time.
 * Before the first ping it is unknown. It is a passive probe: `Fleet.receive()`
 * takes its pings, and the HTTP app does at `/ping/ID`.
 *
 * @throws {OptionError} If an option is not valid.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Fleet } from "@lifesign/lifesign";
 * import { heartbeat } from "@lifesign/lifesign/probes";
 *
 * await using fleet = new Fleet();
 * fleet.add(heartbeat({ every: "1h" }), { id: "backup" });
 * assertEquals(fleet.get("backup")?.status, "unknown");
 *
 * fleet.receive("backup", { signal: "success" });
 * assertEquals(fleet.get("backup")?.status, "healthy");
 * ```
 */
export function heartbeat(options: HeartbeatOptions): Probe {
  const rhythm = readOptions(options);
  const { token } = options;
  let follower: Follower | undefined;

  function attempt(): Promise<Outcome> {
    return Promise.resolve(
      follower?.outcome ?? error({
        code: "unsupported",
        message: "A heartbeat needs a fleet that gets its pings",
      }),
    );
  }

  return define(attempt, {
    type: "heartbeat",
    target: rhythm.target,
    permissions: [],
    metrics: METRICS,
    ...(token !== undefined && { secrets: new Secrets([[token, "***"]]) }),
    hearsOnly: true,
    follow: (host) => follower = new Follower(host, rhythm, token),
  });
}
