import { OptionError } from "../../core/option_error.ts";
import { mustBePlain } from "../tls_options.ts";
import type { HttpOptions } from "./options.ts";

/** Pairs of options that exclude each other: the first one is to blame. */
const EXCLUSIVE = [
  ["unix", "address"],
  ["proxy", "address"],
  ["proxy", "unix"],
  ["family", "unix"],
] as const;

/** The options that exclude `addresses: "all"`. */
const NOT_WITH_ALL = ["unix", "proxy", "keepAlive"] as const;

/** What is expected of a body, which an answer to HEAD does not have. */
const OF_BODY = [
  "contains",
  "containsNot",
  "matches",
  "matchesNot",
  "json",
  "health",
] as const;

/**
 * Checks that options can be combined, and that each of them has an effect.
 *
 * @throws {OptionError} If not.
 */
export function mustCombine(
  url: URL,
  method: string,
  options: HttpOptions,
): void {
  for (const [name, other] of EXCLUSIVE) {
    if (options[name] === undefined || options[other] === undefined) continue;
    throw new OptionError(name, `cannot be used with ${other}`);
  }
  if (options.addresses === "all") {
    const name = NOT_WITH_ALL.find((name) => options[name]);
    if (name !== undefined) {
      throw new OptionError(name, "cannot be used with addresses: all");
    }
  }
  if (method === "HEAD") {
    const name = OF_BODY.find((name) =>
      options[name] !== undefined && options[name] !== false
    );
    if (name !== undefined) {
      throw new OptionError(name, "cannot be used with HEAD");
    }
  }
  const mayBeTls = url.protocol === "https:" || options.redirect === "follow" ||
    /^https:/i.test(options.proxy ?? "");
  if (!mayBeTls) {
    mustBePlain(
      options,
      "expected a URL with https:, a proxy with https: or redirect: follow with it",
    );
  }
}
