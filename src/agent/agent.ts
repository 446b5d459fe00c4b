import { isDeepStrictEqual } from "node:util";
import type { CheckSpec } from "../config/check.ts";
import { compareChecks } from "../config/compare.ts";
import type { Config } from "../config/config.ts";
import type { Probe } from "../core/types.ts";
import { Fleet } from "../fleet/fleet.ts";
import type { FleetOptions } from "../fleet/fleet_options.ts";
import { isolateHold } from "../fleet/shared_resources.ts";
import type { CheckRecord } from "../fleet/record.ts";
import { wallTime } from "../io/clock.ts";
import type { RunningSection } from "../sinks/section.ts";
import type { ConfigLoad } from "../server/metrics.ts";
import type { AgentContext, AgentSection } from "./context.ts";
import { orphanWarning } from "./orphans.ts";
import { SECTIONS } from "./sections.ts";

/** A config's fleet, its sinks and its HTTP app, running. */
export interface Agent extends AsyncDisposable {
  /** The fleet of the config's checks. */
  readonly fleet: Fleet;
  /** The URL of the HTTP app, or `null` if the config has `listen: false`. */
  readonly url: string | null;
  /**
   * Takes over another config. Checks that are the same in both go on as if
   * nothing had happened; those that changed start or go on as
   * `Fleet.replace()` says. Resolves when the attempts of removed checks have
   * ended. Rejects if a check cannot be added; all other changes are applied, and
   * another reload tries again.
   */
  reload(config: Config): Promise<Reloaded>;
  /** Notes, for the metrics, that another config could not be loaded. */
  reloadFailed(): void;
  /** Ends the agent: its fleet, then its sinks. Idempotent. */
  close(): Promise<void>;
}

/** Options for {@linkcode startAgent}. */
export interface AgentOptions
  extends Pick<FleetOptions, "onChange" | "onError"> {
  /**
   * Called with what the user should know, such as that the state cannot be
   * written, and how important it is: `"info"` if there is no level. By default
   * nobody is told.
   */
  readonly onMessage?: (
    message: string,
    level?: "info" | "warn" | "error",
  ) => void;
}

/** What changed with another config. */
export interface Reloaded {
  /** How many checks were added. */
  readonly added: number;
  /** How many checks were removed. */
  readonly removed: number;
  /** How many checks changed. */
  readonly changed: number;
  /** Whether the checks that stayed are in another order. */
  readonly isOrderNew: boolean;
  /** What else changed and was applied, such as `token changed`. */
  readonly notes: readonly string[];
  /** The top-level keys that changed and are applied only by a restart. */
  readonly needRestart: readonly string[];
}

/** A section that was started, or was not since the config does not have it. */
interface Entry {
  readonly section: AgentSection;
  /** What it was started with. */
  readonly value: unknown;
  readonly running: RunningSection | undefined;
}

/**
 * Starts an agent: the fleet of a config, its sinks and its HTTP app.
 *
 * Rejects with a `ListenError` if the HTTP app cannot listen on its address,
 * and with a `ConfigError` if `LIFESIGN_TOKEN` is not a bearer token.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseConfig } from "@lifesign/lifesign/config";
 * import { startAgent } from "@lifesign/lifesign/agent";
 *
 * using listener = Deno.listen({ port: 0 });
 * const { port } = listener.addr as Deno.NetAddr;
 * const config = parseConfig(`
 * listen: false
 * checks:
 *   db: { type: tcp, port: ${port} }
 * `);
 *
 * await using agent = await startAgent(config);
 * const [db] = await agent.fleet.until("healthy");
 * assertEquals(db?.id, "db");
 * ```
 */
export async function startAgent(
  config: Config,
  { onMessage = () => {}, ...options }: AgentOptions = {},
): Promise<Agent> {
  const fleet = new Fleet({ ...options, concurrency: config.concurrency });
  let loaded: ConfigLoad = {
    successful: true,
    succeededAt: new Date(wallTime()),
  };
  const context: AgentContext = {
    fleet,
    config,
    configLoad: () => loaded,
    say: onMessage,
    onError: options.onError ?? ((error) => reportError(error)),
  };
  const entries: Entry[] = [];
  /** The checks that the fleet has. */
  let checks = new Map<string, CheckSpec>();
  let isWarned = false;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    closing ??= Promise.all([
      fleet.close(),
      ...entries.map(({ running }) => running?.close?.()),
    ]).then(() => {});

  try {
    for (const section of SECTIONS) {
      const value = config.sections[section.key];
      const isWanted = section.schema === undefined || value !== undefined;
      const running = isWanted
        ? await section.start(value, context)
        : undefined;
      entries.push({ section, value, running });
    }
    for (const check of config.checks) add(check, recordOf(check.id));
    warnOfOrphans();
    for (const { running } of entries) running?.begin?.();
  } catch (error) {
    await close();
    throw error;
  }

  function warnOfOrphans(): void {
    const warning = isWarned ? undefined : orphanWarning(checks.values());
    if (warning === undefined) return;
    isWarned = true;
    onMessage(warning, "warn");
  }

  function wrapped({ id, probe }: CheckSpec): Probe {
    return entries.reduce(
      (probe, { running }) => running?.wrap?.(id, probe) ?? probe,
      probe,
    );
  }

  function recordOf(id: string): CheckRecord | undefined {
    return entries.find(({ running }) => running?.records?.has(id))
      ?.running?.records?.get(id);
  }

  function add(check: CheckSpec, record?: CheckRecord): void {
    const { id, options } = check;
    isolateHold(
      wrapped(check),
      (probe) => fleet.add(probe, { ...options, id, record }),
    );
    checks.set(id, check);
  }

  function replace(check: CheckSpec): void {
    const { id, options } = check;
    isolateHold(
      wrapped(check),
      (probe) => fleet.replace(probe, { ...options, id }),
    );
    checks.set(id, check);
  }

  let current = config;
  async function reload(next: Config): Promise<Reloaded> {
    const before = current;
    const changes = compareChecks([...checks.values()], next.checks);
    const { added, removed, changed, isOrderNew } = changes;
    const left = removed.map((id) => {
      checks.delete(id);
      return fleet.remove(id);
    });
    // A check that cannot be added must not keep the others from being added.
    const errors = [
      ...changed.flatMap((check) => errorOf(() => replace(check))),
      ...added.flatMap((check) => errorOf(() => add(check))),
    ];
    checks = new Map(next.checks.flatMap(({ id }) => {
      const check = checks.get(id);
      return check === undefined ? [] : [[id, check]];
    }));
    warnOfOrphans();
    if (isOrderNew || added.length > 0) fleet.arrange(checks.keys());
    const notes = entries.flatMap(({ section, running }) =>
      running?.reload?.(next.sections[section.key], next) ?? []
    );
    await Promise.all(left);
    if (errors.length > 0) throw errors[0];
    current = next;
    loaded = { successful: true, succeededAt: new Date(wallTime()) };
    return {
      added: added.length,
      removed: removed.length,
      changed: changed.length,
      isOrderNew,
      notes,
      needRestart: needRestart(before, next),
    };
  }

  /** The keys that another config changes and that nothing here can apply. */
  function needRestart(before: Config, next: Config): string[] {
    const isNew = (a: unknown, b: unknown, started: unknown): boolean =>
      !isDeepStrictEqual(a, b) && !isDeepStrictEqual(a, started);
    const keys = entries
      .filter(({ section: { key }, value, running }) =>
        !running?.isReloadable &&
        isNew(next.sections[key], before.sections[key], value)
      ).map(({ section }) => section.key);
    const { concurrency } = next;
    return isNew(concurrency, before.concurrency, config.concurrency)
      ? [...keys, "concurrency"]
      : keys;
  }

  return {
    fleet,
    url: entries.find(({ running }) => running?.url)?.running?.url ?? null,
    reload,
    reloadFailed() {
      loaded = { ...loaded, successful: false };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What a function throws, if it throws. */
function errorOf(run: () => void): unknown[] {
  try {
    run();
    return [];
  } catch (error) {
    return [error];
  }
}
