import type { Config } from "../config/config.ts";
import type { ConfigSection } from "../config/section.ts";
import type { NotificationLog } from "../core/notify/status.ts";
import type { MaintenanceTimes } from "../fleet/past/maintenance.ts";
import type { ConfigLoad } from "../server/metrics/metrics.ts";
import type { Section, SectionContext } from "../sinks/section.ts";

/** What a section of an agent is started with. */
export interface AgentContext extends SectionContext {
  /** The config that the agent starts with. */
  readonly config: Config;
  /** The maintenance of its checks, which may be planned. */
  readonly maintenance: MaintenanceTimes;
  /** The notifiers that the sections that started before run, if one does. */
  readonly notifications: () => NotificationLog | undefined;
  /** When others were last told that the agent works; `null` if they were not. */
  readonly lastAliveAt: () => number | null;
  /** How the config was last loaded. */
  readonly configLoad: () => ConfigLoad;
}

/** A section of an agent, of whatever value. */
export interface AgentSection extends
  // Only the section itself knows the type of its value.
  // deno-lint-ignore no-explicit-any
  Section<any, AgentContext>,
  Pick<ConfigSection, "load" | "problems"> {}
