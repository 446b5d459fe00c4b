import { parseGoDuration } from "../compose/go_duration.ts";
import type { ImportedCheck } from "../config_text.ts";
import { documentsOf } from "../documents.ts";
import { durationText, readDuration } from "../duration_text.ts";
import { escaped } from "../escape.ts";
import type { Node } from "../node.ts";
import type { ImportOptions, Source } from "../options.ts";
import { type Report, textOf } from "../report.ts";
import { dnsFields } from "./dns.ts";
import { httpFields } from "./http.ts";
import { jobsOf, type Probed, probesOf } from "./jobs.ts";
import { grpcFields, pingFields, websocketFields } from "./message.ts";
import { type Fields, onlyKnown, type Target } from "./target.ts";
import { withBytes } from "./bytes.ts";
import { tcpFields } from "./tcp.ts";

/** The exporter answers this long before Prometheus gives up. */
const OFFSET_MS = 500;

/** How the modules of a prober become keys of a check. */
const PROBERS: Readonly<
  Record<string, (options: Node, target: Target) => Fields | undefined>
> = {
  http: httpFields,
  tcp: tcpFields,
  dns: dnsFields,
  icmp: pingFields,
  grpc: grpcFields,
  websocket: websocketFields,
};

const MODULE_KEYS = {
  prober: true,
  timeout: true,
  http: true,
  tcp: true,
  icmp: true,
  dns: true,
  grpc: true,
  unix: true,
  websocket: true,
} as const;

/**
 * Reads the modules of blackbox_exporter, and the jobs of Prometheus that use
 * them. Both are told apart by their keys.
 */
export function importBlackbox(
  sources: readonly Source[],
  _options: ImportOptions,
  report: Report,
): ImportedCheck[] {
  const documents = sources.flatMap(({ name, text }) =>
    documentsOf(withBytes(text), { file: name, report }) ?? []
  );
  const modules = new Map<string, Node>();
  for (const document of documents) {
    const all = document.get("modules");
    for (const name of all.keys("a map of modules")) {
      modules.set(name, all.get(name));
    }
  }
  const probed = documents.flatMap((document) => [
    ...jobsOf(document),
    ...(document.get("kind").text() === "Probe" ? probesOf(document) : []),
  ]);
  const used = new Set(probed.map(({ module }) => module));
  warnOfUnused(modules, used, report);
  return withIds(probed.flatMap((each) => checkOf(each, modules) ?? []));
}

/** Says which modules have no targets. */
function warnOfUnused(
  modules: ReadonlyMap<string, Node>,
  used: ReadonlySet<string>,
  report: Report,
): void {
  const unused = [...modules].filter(([name]) => !used.has(name));
  for (const file of new Set(unused.map(([, { file }]) => file))) {
    const names = unused.filter(([, module]) => module.file === file)
      .map(([name]) => name);
    report.warn(
      { file, path: "modules" },
      used.size === 0
        ? "no job uses them, and so they have no targets: name the config file of Prometheus, too"
        : `no job uses these, and so they have no targets: ${names.join(", ")}`,
    );
  }
}

/** A check that has no id yet. */
interface Unnamed extends Omit<ImportedCheck, "id"> {
  readonly probed: Probed;
}

function checkOf(
  probed: Probed,
  modules: ReadonlyMap<string, Node>,
): Unnamed | undefined {
  const { node, target, hostname } = probed;
  const module = modules.get(probed.module);
  if (module === undefined) {
    node.warn(
      `not imported: its module ${probed.module} is in none of the files`,
    );
    return undefined;
  }
  onlyKnown(module, MODULE_KEYS);
  const prober = module.get("prober").text() ?? "";
  const fieldsOf = Object.hasOwn(PROBERS, prober) ? PROBERS[prober] : undefined;
  if (fieldsOf === undefined) {
    node.warn(
      `not imported: there are no checks by the prober ${
        JSON.stringify(prober)
      } of module ${probed.module}`,
    );
    return undefined;
  }
  const notes = new Set([
    "Alerts of Prometheus wait as long as their rules say: here each failure counts, unless you set retries",
  ]);
  const fields = fieldsOf(module.get(prober), {
    target,
    hostname,
    node,
    notes,
  });
  if (fields === undefined) return undefined;
  const scrapeMs = Math.max(probed.timeoutMs - OFFSET_MS, 1);
  const ownMs = readDuration(module.get("timeout"), parseGoDuration, "5s");
  const timeoutMs = Math.min(ownMs || Infinity, scrapeMs);
  return {
    probed,
    comments: [`${textOf(node)}, module ${probed.module}`],
    notes: [...notes],
    fields: {
      ...fields,
      group: escaped(probed.job) || undefined,
      ...(probed.intervalMs !== 60_000 &&
        { interval: durationText(probed.intervalMs) }),
      ...(timeoutMs !== 9500 && { timeout: durationText(timeoutMs) }),
    },
  };
}

/** The name of a target, without credentials. */
function nameOf({ instance }: Probed): string {
  return instance.replace(/^(\w+:\/\/)[^/@]*@/, "$1");
}

/** Gives each check the shortest unique id. */
function withIds(checks: readonly Unnamed[]): ImportedCheck[] {
  const counts = new Map<string, number>();
  for (const { probed } of checks) {
    const name = nameOf(probed);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const taken = new Set<string>();
  return checks.map(({ probed, ...check }) => {
    const name = nameOf(probed);
    const names = [
      ...(counts.get(name) === 1 ? [name] : []),
      `${probed.job}/${name}`,
      `${probed.job}/${probed.module}/${name}`,
    ];
    let id = names.find((name) => !taken.has(name));
    for (let i = 2; id === undefined; i++) {
      const numbered = `${names.at(-1)}/${i}`;
      if (!taken.has(numbered)) id = numbered;
    }
    taken.add(id);
    return { ...check, id };
  });
}
