import { topSchema } from "../config/file_schema.ts";
import type { AgentSection } from "./context.ts";

/** The sections that a file can have, by their keys. */
const SECTIONS: Readonly<Record<string, () => Promise<AgentSection>>> = {
  maintenance: async () =>
    (await import("./maintenance/section.ts")).maintenanceSection,
  cluster: async () =>
    (await import("../sinks/cluster/section.ts")).clusterSection,
  history: async () =>
    (await import("../sinks/history/section.ts")).historySection,
  notify: async () =>
    (await import("../sinks/notify/section.ts")).notifySection,
  alive: async () => (await import("../sinks/alive/section.ts")).aliveSection,
  listen: async () => (await import("./listen.ts")).listenSection,
};

/**
 * Loads the sections whose keys a file has, for those who start none. All are
 * loaded if another key is unknown, as it may be a misspelt one of theirs.
 */
export async function namedSections(
  keys: readonly string[],
): Promise<AgentSection[]> {
  const known = { ...SECTIONS, ...topSchema([], {}).properties };
  const isKnown = keys.every((key) => Object.hasOwn(known, key));
  return await Promise.all(
    Object.entries(SECTIONS)
      .filter(([key]) => !isKnown || keys.includes(key))
      .map(([, load]) => load()),
  );
}
