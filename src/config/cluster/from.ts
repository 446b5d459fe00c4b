import type { From } from "../../core/cluster/vantage.ts";
import type { Kind } from "../../probes/kind.ts";
import type { ConfigIssue } from "../../schema/issue.ts";
import type { Schema } from "../../schema/schema.ts";
import { described, NAME, STRINGS, toStrings } from "../../schema/values.ts";

/** The key `from` of a check, as it is in a file. */
export type FromValue = readonly string[] | {
  readonly regions?: readonly string[];
  readonly need?: number | "majority";
  readonly labels?: Readonly<Record<string, unknown>>;
};

/** From where a check is run, as a check has it. */
export interface FromFields {
  readonly from?: From;
  readonly need?: number;
}

const REGIONS: Schema = {
  title: "a list of regions such as [eu, us]",
  type: "array",
  items: NAME,
  minItems: 1,
};

/** What the key may be. */
export const FROM: Schema = {
  title:
    "a list of regions such as [eu, us], or a map such as { regions: [eu, us], need: 1 }",
  description:
    "Which agents of a cluster run it: one in each region, or any one, with some labels",
  examples: [
    ["eu", "us"],
    { regions: ["eu", "us", "ap"], need: 2 },
    { labels: { disk: "ssd" } },
  ],
  anyOf: [REGIONS, {
    title: "a map such as { regions: [eu, us], need: 1 }",
    type: "object",
    additionalProperties: false,
    minProperties: 1,
    properties: {
      regions: described(
        REGIONS,
        "The regions that it is run in, by one agent in each",
      ),
      need: {
        title: 'a whole number of 1 or more, or "majority"',
        description: "In how many regions it has to fail to be unhealthy",
        default: "majority",
        anyOf: [{ enum: ["majority"] }, { type: "integer", minimum: 1 }],
      },
      labels: described(STRINGS, "Labels that an agent must have to run it"),
    },
  }],
};

/** What a problem of the key depends on. */
interface Situation {
  /** The path of the key. */
  readonly path: string;
  /** The name of the check's kind. */
  readonly type: string;
  readonly kind: Kind;
  /** Whether the value is a default, which is for other checks, too. */
  readonly isDefault: boolean;
  /** Whether the file has a cluster. */
  readonly isShared: boolean;
}

/** Finds what the schema does not tell of a value that meets it. */
export function fromProblems(
  value: FromValue | undefined,
  { path, type, kind, isDefault, isShared }: Situation,
): ConfigIssue[] {
  if (value === undefined) return [];
  const { regions, need, labels = {} } = partsOf(value);
  const issues: ConfigIssue[] = [];
  const report = (key: string, message: string): void =>
    void issues.push({ path: `${path}${key}`, message });
  const regionsKey = isList(value) ? "" : ".regions";
  if (!isShared) {
    report("", 'needs "cluster": without it, one agent runs all checks');
  }
  for (const [i, region] of (regions ?? []).entries()) {
    if (regions!.indexOf(region) === i) continue;
    const name = JSON.stringify(region);
    report(
      `${regionsKey}[${i}]`,
      `expected each region once, got ${name} again`,
    );
  }
  if (Object.hasOwn(labels, "")) {
    report(".labels", "expected a name for each label, got an empty one");
  }
  if (kind.passive && regions !== undefined && !isDefault) {
    const name = JSON.stringify(type);
    report(
      regionsKey,
      `expected no regions with type ${name}, which makes no attempts from anywhere`,
    );
  } else if (need !== undefined && regions === undefined) {
    report(".need", "expected regions with it");
  } else if (typeof need === "number" && need > regions!.length) {
    const count = regions!.length;
    report(
      ".need",
      `expected at most ${count}, as there ${
        count === 1 ? "is 1 region" : `are ${count} regions`
      }, got ${need}`,
    );
  }
  return issues;
}

/** Converts a value without problems. */
export function fromOf(
  value: FromValue | undefined,
  { passive = false }: Pick<Kind, "passive">,
): FromFields {
  if (value === undefined) return {};
  const { regions, need, labels = {} } = partsOf(value);
  // Those of a default are for the checks that make attempts.
  const isAnywhere = regions === undefined || passive;
  if (isAnywhere && Object.keys(labels).length === 0) return {};
  return {
    from: { regions: isAnywhere ? null : regions, labels: toStrings(labels) },
    ...(!isAnywhere && typeof need === "number" && { need }),
  };
}

function partsOf(value: FromValue): Exclude<FromValue, readonly string[]> {
  return isList(value) ? { regions: value } : value;
}

function isList(value: FromValue): value is readonly string[] {
  return Array.isArray(value);
}
