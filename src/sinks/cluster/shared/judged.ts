import { judgeRegions } from "../../../core/cluster/regions.ts";
import type {
  Followed,
  Outcome,
  Probe,
  ProbeHost,
} from "../../../core/types.ts";
import type { Looks } from "./looks.ts";

/** How long all regions are waited for before others are judged without them. */
const PATIENCE_MS = 15_000;

/**
 * A passive probe in the place of one that is run in several regions. It judges what
 * these see once all of them have looked, or earlier if enough see it fail. A region
 * that nobody looks from is waited for at most 15 seconds.
 */
export function judged(
  check: string,
  probe: Probe,
  looks: Looks,
  need: number | null,
): Probe {
  let host: ProbeHost | undefined;
  const judge = (): Outcome =>
    judgeRegions(looks.of(check), {
      need,
      wasDown: host?.get(check)?.status === "unhealthy",
    });

  function follow(fleet: ProbeHost): Followed {
    host = fleet;
    let isPatient = true;
    const tell = (durationMs: number | null): void => {
      const outcome = judge();
      const all = looks.of(check);
      if (all.every(({ agent }) => agent === null)) return;
      // At first, only what does not depend on how the others see it is told.
      const isEarly = isPatient && outcome.verdict !== "fail" &&
        all.some(({ status }) => status === "unknown");
      if (isEarly) return;
      // The agents that have looked count their attempts.
      fleet.report(outcome, {
        ...(durationMs !== null && { durationMs }),
        isCounted: false,
      });
    };
    tell(null);
    const timer = setTimeout(() => {
      isPatient = false;
      if (fleet.get(check)?.verdict === null) tell(null);
    }, PATIENCE_MS);
    const listening = looks.listen(
      check,
      ({ durationMs }) => tell(durationMs),
    );
    return {
      [Symbol.dispose]() {
        clearTimeout(timer);
        listening[Symbol.dispose]();
      },
    };
  }

  const { type, target, permissions, secrets, metrics } = probe;
  return Object.assign(() => Promise.resolve(judge()), {
    type,
    target,
    permissions,
    ...(secrets !== undefined && { secrets }),
    ...(metrics !== undefined && { metrics }),
    follow,
  });
}
