import type { Cluster } from "./cluster.ts";
import type { Happening } from "./faults.ts";
import { byCheck, falseTransitions, longestGap, repeated } from "./figures.ts";
import { falseIncidents, judgeMessages } from "./messages.ts";

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What is allowed. */
export interface Limits {
  readonly gapMs: number;
  readonly twice: number;
  readonly agreeMs: number;
  /** How long after an outage has begun or ended agents may notice. */
  readonly latestMs: number;
  /** How long outages last: long enough to be noticed and told in any case. */
  readonly outageMs: number;
}

/** One fault, and what came of it. */
export interface Row {
  readonly name: string;
  readonly from: number;
  readonly mayDouble: boolean;
  readonly gapMs: number;
  readonly twice: number;
  readonly isFalse: number;
  readonly agreeMs: number;
}

/** What is allowed with an interval, on a machine that is so busy. */
export function allowed(intervalMs: number, lenient: number): Limits {
  return {
    gapMs: intervalMs + 15_000 * lenient,
    twice: 0.02 * lenient,
    agreeMs: 15_000 * lenient,
    latestMs: 3 * intervalMs + 30_000 * lenient,
    outageMs: 5 * intervalMs + 20_000,
  };
}

/** What is measured of a fault. */
export interface Measured {
  readonly name: string;
  readonly happening: Happening;
  readonly cluster: Cluster;
  readonly limits: Limits;
  readonly seconds: number;
  /** Takes what is to be known besides the figures. */
  readonly notes: string[];
}

/** Lets a fault happen, watches what comes of it, and says it. */
export async function measure(
  { name, happening, cluster, limits, seconds, notes }: Measured,
): Promise<Row> {
  const { act, mayRepeat = false, mayDouble = false } = happening;
  const { intervalMs, target, transitions } = cluster;
  const [from, known] = [Date.now(), transitions.length];
  await act();
  const over = Date.now();
  const agreed = await cluster.agree(Math.max(60_000, 2 * limits.agreeMs));
  if (agreed.ms > limits.agreeMs) notes.push(`${name}: ${agreed.why}`);
  await sleep(Math.max(0, over + seconds * 1000 - Date.now()));
  const to = Date.now();
  await target.read();
  const times = byCheck(target.attempts);
  const gap = longestGap(times, cluster.checks, { from, to });
  const again = repeated(
    times,
    { from: mayRepeat ? over : from, to },
    intervalMs,
  );
  const { outages } = target;
  const news = transitions.slice(known);
  const wrong = falseTransitions(news, outages, limits.latestMs);
  for (const it of wrong.slice(0, 5)) {
    notes.push(`${name}: ${it.agent} had ${it.check} ${it.from} → ${it.to}`);
  }
  let isFalse = wrong.length;
  for (const member of cluster.running) {
    const since = new Date(from).toISOString();
    const list = await member.ask(`incidents?limit=1000&from=${since}`);
    const unexplained = falseIncidents<{ check: string; began: string }>(
      list,
      outages,
      limits.latestMs,
    );
    isFalse += unexplained.length;
    for (const it of unexplained.slice(0, 3)) {
      notes.push(`${name}: ${member.name} has ${JSON.stringify(it)}`);
    }
  }
  const row: Row = {
    name,
    from,
    mayDouble,
    gapMs: gap.to - gap.from,
    twice: again.repeated / Math.max(1, again.of),
    isFalse,
    agreeMs: agreed.ms,
  };
  console.error(
    `${name}: gap ${row.gapMs} ms (${gap.check}), ${again.repeated} of ` +
      `${again.of} twice, ${isFalse} of ${news.length} false, ` +
      `agreed after ${agreed.ms} ms`,
  );
  return row;
}

/** Prints the table, and returns whether a limit is broken. */
export function tell(
  rows: readonly Row[],
  { cluster, limits, notes }: Pick<Measured, "cluster" | "limits" | "notes">,
): boolean {
  const { target: { outages }, receiver: { taken } } = cluster;
  const broken = (row: string, what: string): void =>
    void notes.push(`BROKEN ${row}: ${what}`);
  const table = rows.map((row, i) => {
    const { name, mayDouble, gapMs, twice, isFalse, agreeMs } = row;
    const span = {
      from: i === 0 ? 0 : row.from,
      to: rows[i + 1]?.from ?? Infinity,
    };
    const messages = judgeMessages(span, outages, taken, limits.latestMs);
    const { lost, doubled, forked, findings } = messages;
    notes.push(...findings.map((finding) => `${name}: ${finding}`));
    if (gapMs > limits.gapMs) broken(name, `a gap of ${gapMs} ms`);
    if (twice > limits.twice) broken(name, "attempts made twice");
    if (isFalse > 0) broken(name, "false transitions");
    if (agreeMs > limits.agreeMs) broken(name, "agents do not agree");
    if (lost > 0) broken(name, `${lost} messages lost`);
    if (doubled > 0 && !mayDouble) broken(name, `${doubled} messages doubled`);
    // Two agents that do not hear of each other find it at different times.
    if (forked > 0 && !mayDouble) {
      broken(name, `${forked} messages with another key`);
    }
    return {
      fault: name,
      "gap s": (gapMs / 1000).toFixed(1),
      "twice %": (twice * 100).toFixed(2),
      false: isFalse,
      "agree s": (agreeMs / 1000).toFixed(1),
      outages: messages.outages,
      lost,
      doubled,
      "other key": forked,
    };
  });
  console.table(table);
  const wrong = falseIncidents(
    taken.flatMap(({ about }) => about),
    outages,
    limits.latestMs,
  );
  if (wrong.length > 0) broken("all", `${wrong.length} false messages`);
  return notes.some((note) => note.startsWith("BROKEN"));
}
