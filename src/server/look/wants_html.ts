import type { Context } from "hono";
import { accepts } from "hono/accepts";
import type { Env } from "../route.ts";

/** Whether a request asks for a page, and not for data. */
export function wantsHtml(c: Context<Env, string>): boolean {
  const format = c.req.query("format");
  if (format !== undefined) return format === "html";
  return accepts(c, {
    header: "Accept",
    supports: ["application/json", "text/html"],
    default: "application/json",
  }) === "text/html";
}
