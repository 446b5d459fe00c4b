import { otelSection } from "../sinks/otel/section.ts";
import { stateSection } from "../sinks/state/section.ts";
import type { AgentSection } from "./context.ts";
import { listenSection } from "./listen.ts";

/**
 * The parts of an agent that have a top-level key of the config file, in the
 * order in which they start. The HTTP app comes last, so that it never shows a
 * fleet without its checks.
 */
export const SECTIONS: readonly AgentSection[] = [
  stateSection,
  otelSection,
  listenSection,
];
