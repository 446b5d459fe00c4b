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
  async start(_, { fleet }) {
    if (!(REGISTERED in globalThis)) return undefined;
    const [api, { trace }] = await Promise.all([
      import("@opentelemetry/api"),
      import("./telemetry.ts"),
    ]);
    return { wrap: trace(fleet, api) };
  },
};
