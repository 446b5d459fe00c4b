import { OptionError, readOption } from "../../core/option_error.ts";
import { oneLine } from "../../core/text.ts";
import { toRegExp } from "../matching.ts";
import { canonicalData, type DnsRecord } from "./records.ts";

/** A record, or a list of records. */
export type DnsExpected =
  | string
  | RegExp
  | readonly (string | RegExp)[];

/** A record that is expected, or not. */
export interface Expected {
  readonly isMet: (value: string) => boolean;
  /** What it is, in words. */
  readonly text: string;
}

/**
 * Reads what is expected of records.
 *
 * @throws {OptionError} If it is not valid, or there is nothing.
 */
export function expectedFrom(
  option: string,
  record: DnsRecord,
  value: DnsExpected,
): readonly Expected[] {
  const all = [value].flat() as readonly (string | RegExp)[];
  if (all.length === 0) {
    throw new OptionError(option, "expected at least one record, got none");
  }
  return all.map((each) =>
    readOption(option, (): Expected => {
      if (each instanceof RegExp) {
        const pattern = toRegExp(each);
        return {
          isMet: (value) => pattern.test(value),
          text: String(pattern),
        };
      }
      const text = canonicalData(record, each);
      return { isMet: (value) => value === text, text };
    })
  );
}

/** Some records in a message. */
export function listed(values: readonly string[]): string {
  const some = values.slice(0, 4).map((value) => oneLine(value, 60)).join(", ");
  return values.length > 4 ? `${some} and ${values.length - 4} more` : some;
}
