import { parseMoment } from "../../core/past/moment.ts";
import { lowerFirst } from "../../core/text.ts";

/**
 * Reads a parameter of a query that is a moment.
 *
 * @throws {RangeError} If it is not valid, with a message for who asked.
 */
export function momentParameter(
  name: string,
  text: string,
  now: number,
): number {
  try {
    // A plus sign of a time zone is a space, unless it was percent-encoded.
    return parseMoment(text.replace(/(?<=:.*) (?=\d\d:?\d\d$)/, "+"), now);
  } catch (error) {
    throw new RangeError(`${name}: ${lowerFirst((error as Error).message)}`);
  }
}
