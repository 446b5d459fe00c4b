import { parseConfig } from "../config/config.ts";
import { ConfigError } from "../config/error.ts";
import { importCompose } from "./compose.ts";
import { emit, type Heading, type ImportedCheck } from "./emit.ts";
import type { ImportOptions, Source } from "./options.ts";
import { Report } from "./report.ts";

/** A format that health checks are imported from. */
export type Format = "compose";

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
  readonly comments: readonly string[];
}

const SPECS: Readonly<Record<Format, FormatSpec>> = {
  compose: {
    importer: importCompose,
    // Docker goes on at its interval, whatever happens.
    defaults: { backoff: false },
    comments: [],
  },
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
  const { importer, defaults, comments } = SPECS[format];
  const checks = await importer(sources, options, report);
  report.throwIfWrong();
  const names = sources.map(({ name }) => name).join(" ");
  const heading: Heading = {
    comments: [`Made by lifesign import ${format} ${names}`, ...comments],
    defaults,
  };
  const usable = checks.filter((check) => {
    const complaint = complaintOf(check, options);
    if (complaint === undefined) return true;
    report.warn({ file: check.comments[0]!, path: "" }, complaint);
    return false;
  });
  return {
    text: usable.length === 0 ? undefined : emit(usable, heading),
    warnings: report.warnings,
  };
}

/** Why a config cannot have a check, if it cannot. */
function complaintOf(
  check: ImportedCheck,
  { env }: ImportOptions,
): string | undefined {
  try {
    parseConfig(emit([check], { comments: [], defaults: {} }), { env });
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const reasons = error.issues.map(({ path, message }) =>
      `${path.replace(/^.*\./, "")}: ${message}`
    );
    return `cannot be a check: ${reasons.join("; ")}`;
  }
}
