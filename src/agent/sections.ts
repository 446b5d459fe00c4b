import { aliveSection } from "../sinks/alive/section.ts";
import type { AliveValue } from "../sinks/alive/value.ts";
import { clusterSection } from "../sinks/cluster/section.ts";
import type { ClusterValue } from "../sinks/cluster/value.ts";
import { historySection, type HistoryValue } from "../sinks/history/section.ts";
import { notifySection } from "../sinks/notify/section.ts";
import type { NotifierSpec } from "../sinks/notify/spec.ts";
import { otelSection } from "../sinks/otel/section.ts";
import type { Section } from "../sinks/section.ts";
import type { AgentContext, AgentSection } from "./context.ts";
import { listenSection } from "./listen.ts";
import type { MaintenanceSpec } from "./maintenance/schema.ts";
import { maintenanceSection } from "./maintenance/section.ts";
import type { ListenAddress } from "./serve.ts";

/** The values of the sections that are on, by their keys. */
export interface SectionValues extends Readonly<Record<string, unknown>> {
  /** Where the HTTP app listens. */
  readonly listen?: ListenAddress;
  /** The maintenance windows. */
  readonly maintenance?: readonly MaintenanceSpec[];
  /** The notifiers. */
  readonly notify?: readonly NotifierSpec[];
  /** What to call as long as the agent works; `null` for nothing. */
  readonly alive?: AliveValue | null;
  /** The other agents that share the checks. */
  readonly cluster?: ClusterValue;
  /** The file that keeps the past of the checks, and how long what is kept. */
  readonly history?: HistoryValue;
}

/**
 * The parts of an agent that have a top-level key of the config file, in the
 * order in which they start. Probes are traced before a cluster has regions run
 * them. A cluster keeps values before a history does, and the HTTP app comes last, so
 * that it never shows a fleet without its checks.
 */
export const SECTIONS: readonly AgentSection[] = [
  maintenanceSection satisfies Section<
    NonNullable<SectionValues["maintenance"]>,
    AgentContext
  >,
  otelSection,
  clusterSection satisfies Section<NonNullable<SectionValues["cluster"]>>,
  historySection satisfies Section<NonNullable<SectionValues["history"]>>,
  notifySection satisfies Section<NonNullable<SectionValues["notify"]>>,
  aliveSection satisfies Section<NonNullable<SectionValues["alive"]> | null>,
  listenSection satisfies Section<
    NonNullable<SectionValues["listen"]>,
    AgentContext
  >,
];
