/** What `ping` of iputils or BusyBox has printed, perhaps not to its end. */
export interface PingOutput {
  /** How many packets it has sent; unknown before its end. */
  readonly sent: number | undefined;
  /** How many were answered. */
  readonly received: number;
  /** The mean round trip in milliseconds, if any was answered. */
  readonly rttMs: number | undefined;
  /** What a router or this machine said instead of the host, if anything. */
  readonly unreachable: string | undefined;
}

/** A packet that was answered. The answer to another one is not counted twice. */
const REPLY = /^\d+ bytes from .*\btime[=<]([\d.]+) ?ms(?!.*DUP)/gm;

/** The first of the last two lines. */
const SUMMARY = /^(\d+) packets transmitted, (\d+)(?: packets)? received/m;

/** The last line, with the mean in the middle. */
const TIMES = /^r(?:tt|ound-trip) .*= *[\d.]+\/([\d.]+)\/[\d.]+/m;

/** `From 10.0.0.1 icmp_seq=1 Destination Host Unreachable`, for example. */
const INSTEAD = /^From .*\bicmp_seq=\d+ (?!Redirect|Source Quench)(.+)$/m;

/** Reads what `ping` prints in the C locale. */
export function parseOutput(text: string): PingOutput {
  const times = Array.from(text.matchAll(REPLY), ([, ms]) => Number(ms));
  const [, sent, received] = SUMMARY.exec(text) ?? [];
  const [, mean] = TIMES.exec(text) ?? [];
  const sum = times.reduce((sum, ms) => sum + ms, 0);
  return {
    sent: sent === undefined ? undefined : Number(sent),
    received: received === undefined ? times.length : Number(received),
    rttMs: mean !== undefined
      ? Number(mean)
      : times.length === 0
      ? undefined
      : Math.round(sum / times.length * 1000) / 1000,
    unreachable: INSTEAD.exec(text)?.[1]?.trim(),
  };
}
