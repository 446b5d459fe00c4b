import { OptionError } from "../core/option_error.ts";
import { type Family, isName } from "./connection/addresses.ts";

/**
 * Checks that an address is of the family that is asked for. Of a name, nobody
 * can tell yet.
 *
 * @throws {OptionError} If it is not.
 */
export function mustBeOfFamily(
  hostname: string,
  family: Family | undefined,
): void {
  const own = hostname.includes(":") ? 6 : 4;
  if (family === undefined || isName(hostname) || family === own) return;
  throw new OptionError(
    "family",
    `expected ${own} with the address ${hostname}, got ${family}`,
  );
}
