import { assertEquals } from "@std/assert";
import { Fleet } from "../../../src/fleet/fleet.ts";
import { trace } from "../../../src/sinks/otel/telemetry.ts";
import { FAIL, hang, held, PASS, scripted } from "../../support/probes.ts";
import { HERE, OtherAgent, sharedFleet } from "../../support/sharing.ts";

/** A span that notes what it is told. */
interface FakeSpan {
  readonly attributes: Record<string, unknown>;
  status: unknown;
  ended: number;
}

/** An API that keeps spans, and the sums of what is measured. */
class FakeApi {
  readonly spans: FakeSpan[] = [];
  readonly sums: Record<string, number> = {};
  readonly SpanStatusCode = { ERROR: 2 };
  readonly trace = { getTracer: () => ({ startActiveSpan: this.#start }) };
  readonly metrics = {
    getMeter: () => ({
      createCounter: this.#instrument,
      createUpDownCounter: this.#instrument,
      createHistogram: this.#instrument,
      createGauge: this.#instrument,
    }),
  };

  get #instrument() {
    return (name: string) => {
      const add = (value: number): void => {
        this.sums[name] = (this.sums[name] ?? 0) + value;
      };
      return { add, record: () => add(1) };
    };
  }

  get #start() {
    return (
      _name: string,
      { attributes }: { attributes: Record<string, unknown> },
      run: (span: unknown) => unknown,
    ) => {
      const span: FakeSpan = {
        attributes: { ...attributes },
        status: null,
        ended: 0,
      };
      this.spans.push(span);
      return run({
        setAttribute: (key: string, value: unknown) => {
          span.attributes[key] = value;
        },
        setStatus: (status: unknown) => span.status = status,
        end: () => span.ended++,
      });
    };
  }
}

/** A fleet that is traced, and what it tells the API. */
function traced() {
  const api = new FakeApi();
  const fleet = new Fleet({ background: false });
  const { traced: wrap, follow } = trace(fleet, api as never);
  return { api, fleet, wrap, follow };
}

Deno.test("trace() has a span for each attempt, which says what it found", async () => {
  const { api, fleet, wrap } = traced();
  const options = { id: "a", group: "edge" };
  fleet.add(wrap("a", scripted([PASS, FAIL])), options);
  await fleet.attempt("a");
  await fleet.attempt("a");
  await fleet.close();
  const about = {
    "lifesign.check.id": "a",
    "lifesign.check.type": "script",
    "lifesign.check.target": "script",
    "lifesign.check.group": "edge",
  };
  assertEquals(api.spans, [
    {
      attributes: { ...about, "lifesign.verdict": "pass" },
      status: null,
      ended: 1,
    },
    {
      attributes: {
        ...about,
        "lifesign.verdict": "fail",
        "lifesign.reason.code": "refused",
      },
      status: { code: 2, message: "Connection refused" },
      ended: 1,
    },
  ]);
  assertEquals(api.sums["lifesign.attempts"], 2);
  assertEquals(api.sums["lifesign.attempts.in_flight"], 0);
});

for (const end of ["replace", "remove", "close"] as const) {
  Deno.test(`trace() ends the span of an attempt that is given up by ${end}(), once`, async () => {
    const { api, fleet, wrap } = traced();
    fleet.add(wrap("a", scripted([hang])), { id: "a" });
    const attempt = fleet.attempt("a").catch(() => {});
    assertEquals(api.sums["lifesign.attempts.in_flight"], 1);
    if (end === "replace") {
      fleet.replace(wrap("a", scripted([PASS])), { id: "a" });
      await attempt;
    } else if (end === "remove") await fleet.remove("a");
    await fleet.close();
    const [span] = api.spans;
    assertEquals([span!.ended, span!.attributes["lifesign.verdict"]], [
      1,
      undefined,
    ]);
    assertEquals(api.sums["lifesign.attempts.in_flight"], 0);
  });
}

Deno.test("trace() ends the span of an attempt whose probe ignores its removal", async () => {
  const { api, fleet, wrap } = traced();
  const { step, letGo } = held();
  fleet.add(wrap("a", scripted([step])), { id: "a" });
  const attempt = fleet.attempt("a");
  const removed = fleet.remove("a");
  assertEquals(api.spans[0]!.ended, 1);
  letGo(PASS);
  await Promise.all([attempt, removed]);
  assertEquals(api.spans[0]!.ended, 1);
  await fleet.close();
});

Deno.test("trace() counts a reported result, which has no span and ends none", async () => {
  const { api, fleet, wrap } = traced();
  const { step, letGo } = held();
  fleet.add(wrap("a", scripted([step])), { id: "a" });
  fleet.report("a", PASS);
  assertEquals(api.spans.length, 0);
  assertEquals(api.sums["lifesign.attempts"], 1);
  assertEquals(api.sums["lifesign.attempt.duration"], undefined);
  const attempt = fleet.attempt("a");
  fleet.report("a", FAIL, { durationMs: 3 });
  assertEquals(api.spans[0]!.ended, 0);
  letGo(PASS);
  await attempt;
  assertEquals(api.spans[0]!.ended, 1);
  assertEquals(api.spans[0]!.attributes["lifesign.verdict"], "pass");
  assertEquals(api.sums["lifesign.attempt.duration"], 2);
  await fleet.close();
});

Deno.test("trace() follows another fleet with checks of the same ids, but not how they are", async () => {
  const { api, fleet, wrap, follow } = traced();
  const other = new Fleet({ background: false });
  follow(other);
  const { step, letGo } = held();
  other.add(wrap("a", scripted([step])), { id: "a" });
  fleet.add(scripted([]), { id: "a" });
  const attempt = other.attempt("a");
  // What is made of its attempts neither ends them nor counts.
  fleet.report("a", FAIL, { durationMs: 3, isCounted: false });
  assertEquals(api.spans.map(({ ended }) => ended), [0]);
  assertEquals(api.sums["lifesign.attempts"], undefined);
  letGo(PASS);
  await attempt;
  assertEquals(api.spans.map(({ ended }) => ended), [1]);
  assertEquals(api.spans[0]!.attributes["lifesign.verdict"], "pass");
  assertEquals(api.sums["lifesign.attempts"], 1);
  assertEquals(api.sums["lifesign.attempt.duration"], 1);
  // Once, of what is made of them.
  assertEquals(api.sums["lifesign.check.status"], 4);
  await Promise.all([fleet.close(), other.close()]);
});

Deno.test("trace() begins no span for a check that an observer removes as its attempt begins", async () => {
  const { api, fleet, wrap } = traced();
  fleet.add(wrap("a", scripted([PASS])), { id: "a" });
  fleet.observe((step) => {
    if (step.type === "begin") void fleet.remove(step.id);
  });
  await fleet.attempt("a");
  await fleet.close();
  assertEquals(api.spans, []);
});

Deno.test("trace() leaves attempts of other agents to them, and tells how the check is", async () => {
  const api = new FakeApi();
  const shared = sharedFleet({ background: false });
  await using fleet = shared.fleet;
  const { traced: wrap } = trace(fleet, api as never);
  fleet.add(wrap("a", scripted([PASS])), { id: "a" });
  fleet.adopt("a", new OtherAgent().find(FAIL));
  assertEquals(api.spans, []);
  assertEquals(api.sums["lifesign.attempts"], undefined);
  assertEquals(api.sums["lifesign.attempt.duration"], undefined);
  assertEquals(api.sums["lifesign.check.status"], 4);
  fleet.release("a", HERE);
  await fleet.attempt("a");
  assertEquals(api.spans.length, 1);
  assertEquals(api.sums["lifesign.attempts"], 1);
});

Deno.test("trace() ends the span of an attempt that is given up as its check is held", async () => {
  const api = new FakeApi();
  const shared = sharedFleet({ background: false });
  await using fleet = shared.fleet;
  const { traced: wrap } = trace(fleet, api as never);
  fleet.add(wrap("a", scripted([hang, PASS])), { id: "a" });
  fleet.release("a", HERE);
  const attempt = fleet.attempt("a");
  fleet.hold("a");
  await attempt;
  assertEquals(api.spans.map(({ ended }) => ended), [1]);
  assertEquals(api.sums["lifesign.attempts.in_flight"], 0);
  fleet.release("a", HERE);
  await fleet.attempt("a");
  assertEquals(api.spans.map(({ ended }) => ended), [1, 1]);
});
