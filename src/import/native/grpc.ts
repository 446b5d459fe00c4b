import { parseGoDuration } from "../compose/go_duration.ts";

/** What a command line of `grpc_health_probe` asks. */
export interface GrpcAsked {
  /** A name or an address; empty for this machine. */
  readonly host: string;
  readonly port: number;
  readonly service: string;
  readonly isSecure: boolean;
  /** Whether any certificate is accepted. */
  readonly isInsecure: boolean;
  readonly maxSeconds: number;
}

/** The flags of Go that are known, with their defaults; booleans have none. */
const FLAGS: Readonly<Record<string, string | undefined>> = {
  addr: "",
  service: "",
  "connect-timeout": "1s",
  "rpc-timeout": "1s",
  tls: undefined,
  "tls-no-verify": undefined,
  v: undefined,
};

/** Reads the arguments of `grpc_health_probe`, or says why that is not possible. */
export function readGrpcHealthProbe(
  words: readonly string[],
): GrpcAsked | string {
  const flags = new Map(Object.entries(FLAGS));
  const queue = [...words];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    const [, name, given] = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) return "expected nothing but flags";
    if (!Object.hasOwn(FLAGS, name)) return `unknown flag -${name}`;
    const isBoolean = FLAGS[name] === undefined;
    const value = given ?? (isBoolean ? "true" : queue.shift());
    if (value === undefined) return `the flag -${name} needs a value`;
    if (isBoolean && !/^(?:true|false)$/.test(value)) {
      return `the flag -${name} has an unknown value`;
    }
    flags.set(name, value);
  }
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d+)$/.exec(flags.get("addr")!) ?? [];
  if (port === undefined) return "expected -addr=HOST:PORT";
  const limits = ["connect-timeout", "rpc-timeout"].map((name) =>
    parseGoDuration(flags.get(name)!)
  );
  if (limits.includes(undefined)) return "its timeouts are not durations";
  return {
    host: bracketed ?? plain!,
    port: Number(port),
    service: flags.get("service")!,
    isSecure: flags.get("tls") === "true",
    isInsecure: flags.get("tls-no-verify") === "true",
    maxSeconds: limits.reduce((sum: number, ms) => sum + ms!, 0) / 1000,
  };
}
