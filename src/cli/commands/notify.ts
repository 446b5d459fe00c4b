import { loadConfig } from "../../agent/config.ts";
import type { Delivery } from "../../core/notify/status.ts";
import { closest } from "../../core/text.ts";
import { Zone } from "../../io/calendar/zone.ts";
import { wallTime } from "../../io/clock.ts";
import { makeLetter } from "../../sinks/notify/letter/letter.ts";
import { RECEIVERS } from "../../sinks/notify/receivers/table.ts";
import { deliver } from "../../sinks/notify/sending/deliver.ts";
import type { NotifierSpec } from "../../sinks/notify/spec.ts";
import { VERSION } from "../../version.ts";
import { DEFAULT_FILE, oneOf, parse } from "../args.ts";
import { printable } from "../terminal/columns.ts";
import { EXIT, UsageError } from "../usage.ts";

/** What `lifesign notify --help` says. */
export const help: string =
  `Sends a test message by the notifiers of a config file, and prints what came
back.

Usage: lifesign notify [OPTIONS] [FILE] [NAME ...]

FILE is ${DEFAULT_FILE} by default; another one has to end in .yaml or .yml,
or to have a slash. All notifiers send a message, or those that are named. Each
is tried once, whatever it is set to tell, and when.

Options:
  --format FORMAT  text or json [default: text]
  --help           Print this help

Exit codes:
  0  all messages were sent
  1  one was not
  2  the command line or the config file is wrong

Examples:
  lifesign notify
  lifesign notify team pager
  lifesign notify /etc/lifesign.yaml mail
`;

/** What came of a test message. */
interface Tested {
  readonly name: string;
  readonly type: string;
  readonly delivery: Delivery;
}

/** Sends test messages. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args, { format: { type: "string" } });
  const format = oneOf("format", values.format, ["text", "json"]);
  const [file, names] = fileAndNames(positionals);
  const { sections, timezone, url } = await loadConfig(file);
  const specs = selected(sections.notify ?? [], names, file);
  const zone = new Zone(timezone);
  const tested = await Promise.all(
    specs.map(async (spec): Promise<Tested> => ({
      name: spec.name,
      type: spec.type,
      delivery: await test(spec, zone, url),
    })),
  );
  if (format === "json") {
    console.log(JSON.stringify(tested.map(toJson), null, 2));
  } else {
    for (const each of tested) console.log(inWords(each));
  }
  return tested.every(({ delivery }) => delivery.ok) ? EXIT.ok : EXIT.failure;
}

function fileAndNames(
  words: readonly string[],
): [file: string, names: readonly string[]] {
  const [first, ...others] = words;
  const isFile = first !== undefined && /\.ya?ml$|\//.test(first);
  return isFile ? [first, others] : [DEFAULT_FILE, words];
}

function selected(
  specs: readonly NotifierSpec[],
  names: readonly string[],
  file: string,
): readonly NotifierSpec[] {
  if (specs.length === 0) {
    throw new UsageError(`${file} has no notifiers; its key notify says whom`);
  }
  const all = specs.map(({ name }) => name);
  for (const name of names) {
    if (all.includes(name)) continue;
    const meant = closest(name, all);
    throw new UsageError(
      `There is no notifier ${JSON.stringify(name)} in ${file}; ` +
        (meant === undefined
          ? `expected one of ${all.join(", ")}`
          : `did you mean ${meant}?`),
    );
  }
  return names.length === 0
    ? specs
    : specs.filter(({ name }) => names.includes(name));
}

async function test(
  { name, type, options }: NotifierSpec,
  zone: Zone,
  siteUrl: string | undefined,
): Promise<Delivery> {
  const now = wallTime();
  const letter = makeLetter(
    {
      id: `test-${crypto.randomUUID()}`,
      event: "test",
      at: now,
      incidents: [],
      closed: [],
    },
    { now, zone, siteUrl, agent: `lifesign/${VERSION}`, notifier: name },
  );
  // Standard output is for what came back.
  const say = (message: string): void => console.error(`${name}: ${message}`);
  const { signal } = new AbortController();
  return await deliver(
    letter,
    { receiver: RECEIVERS[type]!, options, say },
    { signal },
  );
}

function inWords({ name, type, delivery }: Tested): string {
  return printable(
    delivery.ok
      ? `${name} (${type}): sent; ${delivery.answer}`
      : `${name} (${type}): not sent; ${delivery.why}`,
  );
}

function toJson({ name, type, delivery }: Tested): unknown {
  return {
    name,
    type,
    sent: delivery.ok,
    answer: delivery.ok ? delivery.answer : delivery.why,
  };
}
