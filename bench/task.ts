/** What the processes of a benchmark tell each other. */

/** What a target serves; `grpcs` is gRPC over TLS. */
export interface Ports {
  readonly http: number;
  readonly https: number;
  readonly grpc: number;
  readonly grpcs: number;
}

/** What is measured. */
export type Kind = keyof Ports | "tls" | "tcp" | "command" | "dns";

/** What to measure. */
export interface Task {
  /** `bare` is a loop as one writes it by hand, `flat` the same without rest. */
  readonly mode: "bare" | "flat" | "fleet" | "history" | "agent";
  readonly kind: Kind;
  readonly monitors: number;
  readonly intervalMs: number;
  readonly seconds: number;
  readonly ports: Ports;
  /** The authority of the target's certificate. */
  readonly ca: string;
}

/** What came of it. */
export interface Figures {
  readonly attemptsPerSecond: number;
  /** Of those that passed. */
  readonly cpuMsPerAttempt: number;
  readonly lagMs: {
    readonly p50: number;
    readonly p99: number;
    readonly max: number;
  };
  readonly rssMb: number;
  /** Attempts that did not pass, though the target is well. */
  readonly falseVerdicts: number;
  /** Checks that ended up unhealthy, or were so meanwhile. */
  readonly falseStatuses: number;
}

/** One of the loopback's many addresses. */
export function host(i: number): string {
  return `127.0.${1 + (i >> 7) % 4}.${1 + i % 128}`;
}
