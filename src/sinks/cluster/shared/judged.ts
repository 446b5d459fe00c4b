import { judgeRegions } from "../../../core/cluster/regions.ts";
import type {
  Followed,
  Outcome,
  Probe,
  ProbeHost,
} from "../../../core/types.ts";
import type { Looks } from "./looks.ts";

/**
 * A passive probe in the place of one that is run in several regions: it judges what
 * these see, as soon as one of them has looked.
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
    const tell = (durationMs: number | null): void => {
      fleet.report(judge(), durationMs === null ? {} : { durationMs });
    };
    if (looks.of(check).some(({ agent }) => agent !== null)) tell(null);
    const listening = looks.listen(
      check,
      ({ durationMs }) => tell(durationMs),
    );
    return { [Symbol.dispose]: () => listening[Symbol.dispose]() };
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
