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

/** What came of an import. */
export interface Imported {
  /** A lifesign.yaml; nothing if there is no check to put into it. */
  readonly text: string | undefined;
  /** What could not be carried over, or not as it was, and why. */
  readonly warnings: readonly string[];
}

/** Reads the checks of one format. */
type Importer = (
  sources: readonly Source[],
  options: ImportOptions,
  report: Report,
) => ImportedCheck[] | Promise<ImportedCheck[]>;

/** What there is to know of a format. */
interface FormatSpec {
  readonly importer: Importer;
  readonly defaults: Heading["defaults"];
  /** What there is to say if there is an http check. */
  readonly httpComments: readonly string[];
}

const SPECS: Readonly<Record<Format, FormatSpec>> = {
  compose: {
    importer: importCompose,
    // Docker goes on at its interval, whatever happens.
    defaults: { backoff: false },
    httpComments: [],
  },
  kubernetes: {
    importer: importKubernetes,
    // The kubelet, likewise.
    defaults: { backoff: false },
    httpComments: [
      "Kubernetes follows redirects on the same host; here they pass as they are",
    ],
  },
  // ZLayer's backoff is lifesign's.
  zlayer: { importer: importZlayer, defaults: {}, httpComments: [] },
};

/** The formats, by their names. */
export const FORMATS: readonly Format[] = Object.keys(SPECS) as Format[];

/**
 * Makes a lifesign.yaml of the health checks in other programs' files.
 *
 * Rejects with a {@linkcode ConfigError} if the files are not what they should
 * be, with everything that is wrong.
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

/** Why a config cannot have a check, if it cannot. */
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
    return `cannot be a check: ${reasons.join("; ")}`;
  }
}
