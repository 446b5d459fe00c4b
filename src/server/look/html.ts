import type { HtmlEscapedString } from "hono/utils/html";

/** HTML with everything in it escaped. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;
