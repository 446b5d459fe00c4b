import type { Section } from "../section.ts";

/**
 * Where OpenTelemetry's API registers its providers. Deno puts its own there
 * before anything else runs if `OTEL_DENO` is true. No permission is needed to
 * look there.
 */
const REGISTERED = Symbol.for("opentelemetry.js.api.1");

/** Exports spans and metrics, if OpenTelemetry is on. */
export const otelSection: Section<undefined> = {
  key: "otel",
  async start(_, { fleet, beside, incidents, archive }) {
    if (!(REGISTERED in globalThis)) return undefined;
    const [api, { trace }, { tellIncidents, tellUptimes }] = await Promise.all([
      import("@opentelemetry/api"),
      import("./telemetry.ts"),
      import("./past.ts"),
    ]);
    const ending = new AbortController();
    let told: Promise<void> | undefined;
    const { traced, follow } = trace(fleet, api);
    const resume = tellIncidents(fleet, incidents, api);
    return {
      wrap: (check) => ({ ...check, probe: traced(check.id, check.probe) }),
      begin() {
        resume();
        const other = beside();
        if (other !== undefined) follow(other);
        const past = archive();
        if (past === undefined) return;
        told = tellUptimes(fleet, past, api, ending.signal);
      },
      async close() {
        ending.abort();
        await told;
      },
    };
  },
};
