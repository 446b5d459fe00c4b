import { raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

/** HTML with everything in it escaped. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** An attribute without a value, such as `hidden`, if it is set. */
export function flag(name: string, isSet: boolean): Html | "" {
  return isSet ? raw(` ${name}=""`) : "";
}
