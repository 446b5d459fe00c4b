import type { Duration } from "../../core/duration.ts";
import type { Status } from "../../core/types.ts";
import { OptionError } from "../../core/option_error.ts";
import type { Schema } from "../../schema/schema.ts";
import { type ConfigIssue, join } from "../../schema/issue.ts";
import { POSITIVE_DURATION } from "../../schema/values.ts";
import { validate } from "../../schema/validate.ts";
import { problemsOf } from "./problems.ts";
import type { QuietSpec } from "./quiet.ts";
import { NOTIFIER } from "./schema.ts";
import { type NotifierSpec, specsOf } from "./spec.ts";

/** What a notifier tells, when, and where its messages go. */
export interface NotifierOptions {
  /** Where its messages go, such as `"slack"`. */
  readonly type: string;
  /**
   * The statuses that it tells of.
   *
   * @default {["unhealthy"]}
   */
  readonly on?: readonly (Exclude<Status, "healthy"> | "agent")[];
  /**
   * How long it must have been so. What is over before is never told.
   *
   * @default {0}
   */
  readonly after?: Duration;
  /**
   * How often it tells again while it lasts, 1 minute or more; `false` for never.
   *
   * @default {false}
   */
  readonly remind?: Duration | false;
  /**
   * Whether it tells when it is over, if its beginning was told.
   *
   * @default {true}
   */
  readonly resolved?: boolean;
  /**
   * What happens within this time of the first becomes one message; 0 for each at
   * once. By default it is 30 s, and 0 if the notifier is for one check that
   * depends on no other.
   */
  readonly gather?: Duration;
  /** When it keeps quiet; what happens meanwhile is told at the end. */
  readonly quiet?: QuietSpec;
  /**
   * The most messages in an hour. What is beyond waits, and is told in one.
   *
   * @default {20}
   */
  readonly limit?: number;
  /** The ids of the checks to tell of; with `groups`, by default all. */
  readonly checks?: readonly string[];
  /** The groups to tell of. */
  readonly groups?: readonly string[];
  /**
   * The checks that tell whether the own network works: while all of them fail,
   * nothing is sent.
   */
  readonly self?: readonly string[];
  /** The options of its type: those of a config file, in camelCase. */
  readonly [option: string]: unknown;
}

/**
 * Makes specs of options, which are those of a config file in camelCase.
 *
 * @throws {OptionError} If one of them is not valid.
 */
export function readNotifiers(
  notifiers: Readonly<Record<string, NotifierOptions>>,
  timezone: string,
): NotifierSpec[] {
  return Object.entries(notifiers).flatMap(([name, options]) => {
    const path = join("notifiers", name);
    const issues: ConfigIssue[] = [];
    const valid = validate(inFileWords(options), NOTIFIER, path, issues);
    const specs = issues.length > 0 ? [] : specsOf({ [name]: valid as never });
    const content = { ids: null, groups: null, timezone };
    issues.push(...specs.flatMap((spec) => problemsOf(spec, path, content)));
    const [first] = issues;
    if (first !== undefined) throw errorOf(first, path);
    return specs;
  });
}

/** The options of a notifier, as a config file has them. */
function inFileWords(options: unknown): unknown {
  if (typeof options !== "object" || options === null) return options;
  const { type } = options as Partial<NotifierOptions>;
  const { properties = {} } = NOTIFIER.byType?.[String(type)] ?? NOTIFIER;
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined)
      .map(([option, value]) => {
        const key = option.replace(/[A-Z]/g, (it) => `_${it.toLowerCase()}`);
        const isTime = typeof value === "number" && isDuration(properties[key]);
        // `${value}ms` is none if it is not finite, or negative.
        return [key, isTime ? `${value}ms` : value];
      }),
  );
}

function isDuration(schema: Schema | undefined): boolean {
  return schema?.format === "duration" || schema?.format === "timer" ||
    schema?.pattern === POSITIVE_DURATION.pattern ||
    (schema?.anyOf?.some(isDuration) ?? false);
}

/** The problem of an option, in the words of the library. */
function errorOf(
  { path, message }: ConfigIssue,
  notifier: string,
): OptionError {
  const [, option = "", rest] = /^(\.\w+)?(.*)$/s.exec(
    path.slice(notifier.length),
  )!;
  const isUnknown = message.startsWith("unknown key");
  return new OptionError(
    `${notifier}${camelCased(option)}${rest}`,
    isUnknown ? camelCased(message) : message,
  );
}

function camelCased(text: string): string {
  return text.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
}
