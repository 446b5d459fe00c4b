import { byteLength } from "../../src/core/text.ts";
import { httpServer } from "./servers.ts";

/** The only key that there is. */
export const PAGERDUTY_KEY = "0123456789abcdef0123456789abcdef";

/** What is wrong with an event, as PagerDuty says it. */
// deno-lint-ignore no-explicit-any
function errorsOf(event: any): string[] {
  const errors: string[] = [];
  const need = (isThere: boolean, error: string): void => {
    if (!isThere) errors.push(error);
  };
  const isText = (value: unknown, max = Infinity): boolean =>
    typeof value === "string" && value !== "" && value.length <= max;
  need(event.routing_key === PAGERDUTY_KEY, "'routing_key' is invalid");
  need(
    ["trigger", "acknowledge", "resolve"].includes(event.event_action),
    "'event_action' is invalid",
  );
  need(isText(event.dedup_key, 255), "'dedup_key' is invalid");
  if (event.event_action !== "trigger") return errors;
  const { payload = {}, links = [] } = event;
  need(isText(payload.summary, 1024), "'payload.summary' is invalid");
  need(isText(payload.source), "'payload.source' is missing or blank");
  need(
    ["critical", "error", "warning", "info"].includes(payload.severity),
    "'payload.severity' is invalid",
  );
  need(!Number.isNaN(Date.parse(payload.timestamp)), "'timestamp' is invalid");
  for (const { href, text } of links) {
    need(URL.canParse(href) && isText(text), "'links' is invalid");
  }
  return errors;
}

/** What the service knows. */
export interface PagerDuty extends AsyncDisposable {
  readonly url: string;
  /** The alerts that are open, by their keys. */
  readonly open: ReadonlyMap<string, unknown>;
  /** The keys of those that were resolved. */
  readonly closed: readonly string[];
  /** All that it took. */
  // deno-lint-ignore no-explicit-any
  readonly events: readonly any[];
}

/** The service: it answers as the real one does, and knows what is open. */
export function pagerdutyService(): PagerDuty {
  const open = new Map<string, unknown>();
  const closed: string[] = [];
  // deno-lint-ignore no-explicit-any
  const events: any[] = [];
  const server = httpServer((request) => {
    const { body } = server.asked.at(-1)!;
    if (new URL(request.url).pathname !== "/v2/enqueue") {
      return new Response(null, { status: 404 });
    }
    if (byteLength(body) > 512 * 1024) {
      return new Response(null, { status: 413 });
    }
    const event = JSON.parse(body);
    const errors = errorsOf(event);
    if (errors.length > 0) {
      const status = "invalid event";
      return Response.json({ status, errors }, { status: 400 });
    }
    events.push(event);
    const { dedup_key: key } = event;
    if (event.event_action === "trigger") open.set(key, event);
    else if (open.delete(key)) closed.push(key);
    return Response.json({ status: "success", dedup_key: key }, {
      status: 202,
    });
  });
  return {
    open,
    closed,
    events,
    url: `http://${server.authority}/v2/enqueue`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
