import { isDeepStrictEqual } from "node:util";
import { parseDuration } from "../../core/duration.ts";
import type { ConfigIssue } from "../../schema/issue.ts";
import type { Schema } from "../../schema/schema.ts";
import { TIMER } from "../../schema/values.ts";
import type { RunningSection, Section } from "../section.ts";
import { type AliveValue, hostOf } from "./value.ts";

/** The key as it is in a file. */
interface AliveOptions {
  readonly url: string;
  readonly every?: string;
  readonly method?: string;
}

/** Services take more for a flood. */
const LEAST_EVERY_MS = 5000;

const DEFAULTS = { every: "1m", method: "GET" };

const SCHEMA: Schema = {
  title: "a map such as { url: https://hc-ping.com/your-uuid }",
  description:
    "What to call as long as the agent works, so that others notice if it does not",
  examples: [{ url: "${ALIVE_URL}" }],
  // It may be the URL, by mistake.
  writeOnly: true,
  type: "object",
  properties: {
    url: {
      title: "an absolute URL with http: or https:",
      description: "The URL to call",
      writeOnly: true,
      type: "string",
      pattern: "^[hH][tT][tT][pP][sS]?://",
      format: "uri",
    },
    every: {
      ...TIMER,
      title: 'a duration such as "1m"',
      description: "The time from one call to the next, at least 5s",
      examples: ["1m", "5m"],
      default: DEFAULTS.every,
    },
    method: {
      title: '"GET", "HEAD" or "POST"',
      description: "The request's method",
      enum: ["GET", "HEAD", "POST"],
      default: DEFAULTS.method,
    },
  },
  required: ["url"],
  additionalProperties: false,
};

/**
 * Calls a dead man's switch as long as attempts are made. It starts in any case, as
 * a reload may bring one: the value is `null` if there is none.
 */
export const aliveSection:
  & Section<AliveValue | null>
  & {
    readonly problems: (
      options: AliveOptions,
      content: unknown,
      isValid: (path: string) => boolean,
    ) => readonly ConfigIssue[];
  } = {
    key: "alive",
    schema: SCHEMA,
    problems({ every }, _, isValid) {
      const path = "alive.every";
      if (every === undefined || !isValid(path)) return [];
      if (parseDuration(every) >= LEAST_EVERY_MS) return [];
      const message = `expected at least 5s, got ${JSON.stringify(every)}`;
      return [{ path, message }];
    },
    parse: parseAlive,
    needs: (value) => value === null ? [] : [hostOf(value.url)],
    async start(value, context) {
      const { Calls } = await import("./calls.ts");
      const calls = new Calls(context);
      return {
        isReloadable: true,
        lastAliveAt: () => calls.lastSuccessAt,
        begin: () => calls.begin(value),
        reload(next = null) {
          if (isDeepStrictEqual(next, value)) return [];
          value = next;
          calls.begin(value);
          return ["alive changed"];
        },
        close: () => calls.close(),
      } satisfies RunningSection<AliveValue | null>;
    },
  };

function parseAlive(options: AliveOptions | undefined): AliveValue | null {
  if (options === undefined) return null;
  const { url, method, every } = { ...DEFAULTS, ...options };
  return { url, method, everyMs: parseDuration(every) };
}
