import { loadConfigText } from "../config/load.ts";
import { ConfigError } from "../config/error.ts";
import { shellQuoted } from "../core/text.ts";
import { importBlackbox } from "./blackbox/blackbox.ts";
import { importCompose } from "./compose/compose.ts";
import {
  type Heading,
  type ImportedCheck,
  toConfigText,
} from "./config_text.ts";
import { importGatus } from "./gatus/gatus.ts";
import { importKuma } from "./kuma/kuma.ts";
import { importKubernetes } from "./kubernetes/kubernetes.ts";
import type { ImportOptions, Source } from "./options.ts";
import { type Format, NAMES, recognise } from "./recognise.ts";
import { Report } from "./report.ts";
import { importZlayer } from "./zlayer/zlayer.ts";

/** The result of an import. */
export interface Imported {
  /** A lifesign.yaml; `undefined` if there are no checks. */
  readonly text: string | undefined;
  /** What could not be imported, or has another meaning, and why. */
  readonly warnings: readonly string[];
}

/** Reads the checks of one format. */
type Importer = (
  sources: readonly Source[],
  options: ImportOptions,
  report: Report,
) => ImportedCheck[] | Promise<ImportedCheck[]>;

/** How a format is imported. */
interface FormatSpec {
  readonly importer: Importer;
  readonly defaults: Heading["defaults"];
  /** Whether variables may be set only where lifesign runs. */
  readonly hasVariables?: boolean;
}

const SPECS: Readonly<Record<Format, FormatSpec>> = {
  // Each probe is a result; Prometheus scrapes after a minute by default.
  blackbox: {
    importer: importBlackbox,
    defaults: {
      interval: "1m",
      timeout: "9s500ms",
      retries: 1,
      backoff: false,
    },
  },
  // Docker has no backoff.
  compose: { importer: importCompose, defaults: { backoff: false } },
  // Gatus has no backoff, and shows each failure.
  gatus: {
    importer: importGatus,
    defaults: { interval: "1m", timeout: "10s", retries: 1, backoff: false },
    hasVariables: true,
  },
  // A monitor is down after the first failure, but for its retries.
  kuma: {
    importer: importKuma,
    defaults: { interval: "1m", timeout: "48s", retries: 1, backoff: false },
  },
  // The kubelet has no backoff.
  kubernetes: { importer: importKubernetes, defaults: { backoff: false } },
  // ZLayer's backoff is the same as lifesign's.
  zlayer: { importer: importZlayer, defaults: {} },
};

/** The formats, by their names. */
export const FORMATS: readonly Format[] = Object.keys(SPECS) as Format[];

/**
 * Makes a lifesign.yaml from the health checks in other programs' files.
 *
 * Rejects with a {@linkcode ConfigError} that has every problem if the files are
 * not valid.
 */
export async function importChecks(
  format: Format,
  sources: readonly Source[],
  options: ImportOptions,
): Promise<Imported> {
  const report = new Report();
  const { importer, defaults, hasVariables = false } = SPECS[format];
  throwIfOther(format, sources);
  const checks = await importer(sources, options, report);
  report.throwIfWrong();
  const usable: ImportedCheck[] = [];
  for (const check of checks) {
    const complaint = hasVariables
      ? await complaintWithout(check, options, defaults)
      : await complaintOf(check, options.env, defaults);
    if (complaint === undefined) usable.push(check);
    else report.warn({ file: check.comments[0]!, path: "" }, complaint);
  }
  const heading: Heading = {
    comments: [
      `Made by ${
        importCommand(format, sources.map(({ path }) => path ?? "-"))
      }`,
      ...new Set(usable.flatMap(({ notes = [] }) => notes)),
    ],
    defaults,
  };
  return {
    text: usable.length === 0 ? undefined : toConfigText(usable, heading),
    warnings: report.warnings,
  };
}

/** The command that imports files of a format; `-` is stdin. */
export function importCommand(
  format: Format,
  files: readonly string[],
): string {
  const end = files.some((name) => /^-./.test(name)) ? ["--"] : [];
  return ["lifesign import", format, ...end, ...files.map(shellQuoted)]
    .join(" ");
}

/** Ends an import of files that are something else than the format. */
function throwIfOther(format: Format, sources: readonly Source[]): void {
  const report = new Report();
  for (const { name, text } of sources) {
    const found = recognise(text);
    if (found === undefined || found === format) continue;
    const command = found === "lifesign"
      ? "lifesign run"
      : `lifesign import ${found}`;
    report.complain(
      { file: name, path: "" },
      `expected ${NAMES[format]}, got ${NAMES[found]}: use ${command}`,
    );
  }
  report.throwIfWrong();
}

/** Values that stand for variables that are not set. */
const STAND_INS = ["1", "http://localhost/"];

/** Why a check is not valid whatever the variables are that are not set. */
async function complaintWithout(
  check: ImportedCheck,
  { optionalEnv }: ImportOptions,
  defaults: Heading["defaults"],
): Promise<string | undefined> {
  let complaint: string | undefined;
  for (const value of STAND_INS) {
    const found = await complaintOf(
      check,
      (name) => optionalEnv(name) ?? value,
      defaults,
    );
    if (found === undefined) return undefined;
    complaint ??= found;
  }
  return complaint;
}

/** Why a check is not valid in a config, if it is not. */
async function complaintOf(
  check: ImportedCheck,
  env: ImportOptions["env"],
  defaults: Heading["defaults"],
): Promise<string | undefined> {
  try {
    const text = toConfigText([check], { comments: [], defaults });
    await loadConfigText(text, [], { env });
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const reasons = error.issues.map(({ path, message }) =>
      `${path.replace(/^.*\./, "")}: ${message}`
    );
    return `is not a valid check: ${reasons.join("; ")}`;
  }
}
