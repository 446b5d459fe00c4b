import { parseConfig } from "../config/config.ts";
import { ConfigError } from "../config/error.ts";
import { importCompose } from "./compose/compose.ts";
import {
  type Heading,
  type ImportedCheck,
  toConfigText,
} from "./config_text.ts";
import { importKubernetes } from "./kubernetes/kubernetes.ts";
import type { ImportOptions, Source } from "./options.ts";
import { Report } from "./report.ts";
import { importZlayer } from "./zlayer/zlayer.ts";

/** A format that health checks are imported from. */
export type Format = "compose" | "kubernetes" | "zlayer";

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
  /** Comments for a config that has http checks. */
  readonly httpComments: readonly string[];
}

const SPECS: Readonly<Record<Format, FormatSpec>> = {
  compose: {
    importer: importCompose,
    // Docker has no backoff.
    defaults: { backoff: false },
    httpComments: [],
  },
  kubernetes: {
    importer: importKubernetes,
    // The kubelet has no backoff.
    defaults: { backoff: false },
    httpComments: [
      "Kubernetes follows redirects on the same host; here a redirect passes",
    ],
  },
  // ZLayer's backoff is the same as lifesign's.
  zlayer: { importer: importZlayer, defaults: {}, httpComments: [] },
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
  const { importer, defaults, httpComments } = SPECS[format];
  const checks = await importer(sources, options, report);
  report.throwIfWrong();
  const usable = checks.filter((check) => {
    const complaint = complaintOf(check, options);
    if (complaint === undefined) return true;
    report.warn({ file: check.comments[0]!, path: "" }, complaint);
    return false;
  });
  const names = sources.map(({ name }) => name).join(" ");
  const hasHttp = usable.some(({ fields }) => fields["type"] === "http");
  const heading: Heading = {
    comments: [
      `Made by lifesign import ${format} ${names}`,
      ...(hasHttp ? httpComments : []),
    ],
    defaults,
  };
  return {
    text: usable.length === 0 ? undefined : toConfigText(usable, heading),
    warnings: report.warnings,
  };
}

/** Why a check is not valid in a config, if it is not. */
function complaintOf(
  check: ImportedCheck,
  { env }: ImportOptions,
): string | undefined {
  try {
    parseConfig(toConfigText([check], { comments: [], defaults: {} }), [], {
      env,
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const reasons = error.issues.map(({ path, message }) =>
      `${path.replace(/^.*\./, "")}: ${message}`
    );
    return `is not a valid check: ${reasons.join("; ")}`;
  }
}
