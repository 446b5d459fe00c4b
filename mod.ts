/**
 * Health checks: probes for TCP, HTTP and commands, monitors that yield snapshots
 * of a check, and fleets that run many checks.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { monitor, tcp } from "@lifesign/lifesign";
 *
 * using listener = Deno.listen({ port: 0 });
 * const { port } = listener.addr as Deno.NetAddr;
 *
 * for await (const snapshot of monitor(tcp({ port }))) {
 *   assertEquals(snapshot.status, "healthy");
 *   break;
 * }
 * ```
 *
 * @module
 */

export type {
  Caption,
  Detail,
  DetailMetric,
  Followed,
  Outcome,
  Ping,
  Probe,
  ProbeHost,
  Reason,
  ReasonCode,
  Snapshot,
  Status,
  Verdict,
} from "./src/core/types.ts";
export {
  type Duration,
  formatDuration,
  parseDuration,
} from "./src/core/duration.ts";
export type { Distribution } from "./src/core/histogram.ts";
export type { Json } from "./src/core/json.ts";
export type { SavedState, State } from "./src/core/state.ts";
export type {
  BackoffOptions,
  Policy,
  PolicyOptions,
} from "./src/core/policy.ts";
export { error, fail, pass, warn } from "./src/core/outcome.ts";
export { OptionError } from "./src/core/option_error.ts";
export { Secrets } from "./src/core/secrets.ts";
export type { Rollup } from "./src/core/rollup.ts";
export { enterStage } from "./src/core/stage.ts";

export type { About } from "./src/probes/define.ts";
export { command, type CommandOptions } from "./src/probes/command/command.ts";
export type { ContainerOptions } from "./src/probes/command/container.ts";
export { http } from "./src/probes/http/http.ts";
export type { HttpOptions } from "./src/probes/http/options.ts";
export type {
  AddressOptions,
  Family,
} from "./src/probes/connection/addresses.ts";
export type {
  ExpiryLimit,
  ExpiryLimits,
} from "./src/probes/connection/expiry.ts";
export type { HttpExpectations } from "./src/probes/http/judge.ts";
export type { StatusExpectation } from "./src/probes/http/status.ts";
export type {
  ExactJson,
  JsonExpectation,
} from "./src/probes/http/json_body.ts";
export type { TextExpectation } from "./src/probes/matching.ts";
export { probe } from "./src/probes/probe.ts";
export type { SecurityOptions } from "./src/probes/tcp/security.ts";
export type { TcpExpected, TcpSent, TcpStep } from "./src/probes/tcp/steps.ts";
export { tcp, type TcpOptions } from "./src/probes/tcp/tcp.ts";

export type { AttemptResult } from "./src/fleet/attempt.ts";
export type { CheckOptions } from "./src/fleet/check.ts";
export type { Emit } from "./src/fleet/watch/emit.ts";
export { Fleet } from "./src/fleet/fleet.ts";
export type { FleetInput } from "./src/fleet/fleet_input.ts";
export type { FleetView } from "./src/fleet/fleet_view.ts";
export type {
  AttemptOptions,
  FleetLimits,
  FleetOptions,
  ObserveOptions,
  ReportOptions,
  UntilOptions,
  WatchOptions,
} from "./src/fleet/fleet_options.ts";
export type { History, PastAttempt } from "./src/fleet/history.ts";
export {
  type Monitor,
  monitor,
  type MonitorOptions,
} from "./src/fleet/monitor.ts";
export type { CheckRecord } from "./src/fleet/record.ts";
export type { FleetStats } from "./src/fleet/stats.ts";
export type {
  Adopted,
  Looker,
  ReleaseOptions,
  SharedState,
  Sharing,
} from "./src/fleet/sharing.ts";
export type { CheckInfo, Observer, Step } from "./src/fleet/step.ts";
