import { assertGreaterOrEqual } from "@std/assert";
import { http } from "../../../../src/probes/http/http.ts";
import { givenTime } from "../../../support/busy.ts";
import {
  assertOutcome,
  assertPass,
  patient,
} from "../../../support/outcomes.ts";
import { type Behaviour, BEHAVIOURS } from "./behaviours.ts";
import { HOSTILE } from "./hostile.ts";
import { type Way, WAYS } from "./ways.ts";

async function assertRight(way: Way, behaviour: Behaviour): Promise<void> {
  const { respond, options = {}, fails, isLate = false, status = 200 } =
    behaviour;
  await using place = await way(respond);
  const headers = { ...options.headers, ...place.options.headers } as Record<
    string,
    string
  >;
  const probe = http(`${place.url}/`, {
    ...options,
    ...place.options,
    headers,
  });
  using _ = probe.hold?.();
  const message = fails?.[1].replace("PEER", place.peer);
  const outcome = isLate
    ? await givenTime(
      (ms) => probe(AbortSignal.timeout(ms)),
      ({ reason }) => reason?.message === message,
    )
    : await probe(patient());
  if (fails === undefined) {
    assertPass(outcome, { httpStatus: status });
  } else assertOutcome(outcome, ["fail", fails[0]], message);
}

Deno.test("the table of HTTP servers has 60 behaviours or more", () => {
  assertGreaterOrEqual(Object.keys(BEHAVIOURS).length, 60);
});

for (const [name, way] of Object.entries(WAYS)) {
  Deno.test(`http() says the same of every server, ${name}`, async (t) => {
    const all = { ...BEHAVIOURS, ...HOSTILE };
    for (const [what, behaviour] of Object.entries(all)) {
      if (behaviour.isElsewhere && name.includes("proxy")) continue;
      await t.step(what, () => assertRight(way, behaviour));
    }
  });
}
