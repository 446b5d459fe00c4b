/** Asks the HTTP app of a running agent. */

import { TOKEN_VARIABLE } from "../agent/token.ts";
import { formatDuration } from "../core/duration.ts";
import { withoutCredentials } from "../core/secrets.ts";
import { isGranted } from "../io/permission_flags.ts";
import { sleep } from "../io/sleep.ts";
import { printable } from "./terminal/columns.ts";
import { EXIT, UsageError } from "./usage.ts";

/** Where the HTTP app of an agent is by default. */
export const DEFAULT_URL = "http://127.0.0.1:8686/";

/** How long an agent may take to answer, in milliseconds. */
const ANSWER_MS = 10_000;

/** What a request may have. */
export type Init = RequestInit & {
  readonly headers?: Readonly<Record<string, string>>;
};

/**
 * The URL of an HTTP app, as `--url` has it, with a slash at its end.
 *
 * @throws {UsageError} If it is not one.
 */
export function urlOf(text: string = DEFAULT_URL): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(
      `--url: expected a URL such as ${DEFAULT_URL}, got ${
        JSON.stringify(withoutCredentials(text))
      }`,
    );
  }
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

/** What an agent answers. */
export interface Answer {
  readonly status: number;
  /** Its body as JSON; `null` if it is something else. */
  readonly json: unknown;
  /** Where it redirects to, if it does. */
  readonly location: string | null;
}

/** The answer of an agent, or why there is none. */
async function ask(url: URL, init: Init): Promise<Answer | string> {
  const end = new AbortController();
  void sleep(ANSWER_MS, end.signal).then(() => end.abort());
  try {
    using client = clientFor(url);
    const response = await fetch(url, {
      ...init,
      client,
      // To follow one would make a GET of a POST, which starts nothing.
      redirect: "manual",
      signal: end.signal,
    });
    const { status, headers } = response;
    const location = headers.get("location");
    return { status, location, json: jsonOf(await response.text()) };
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    if (end.signal.aborted) {
      return `no answer after ${formatDuration(ANSWER_MS)}`;
    }
    const { cause = error } = error as Error;
    // "error sending request for url (…): client error (Connect): …"
    const why = (cause as Error).message.split(": ").at(-1)!;
    return why.replace(/ \(os error \d+\)$/, "");
  } finally {
    end.abort();
  }
}

/**
 * What connects to a URL. The proxy of the environment cannot reach an agent of
 * this machine, and is to see no token of it.
 */
function clientFor({ protocol, hostname, port }: URL): Deno.HttpClient {
  const isHere = protocol === "http:" &&
    /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
  if (!isHere) return Deno.createHttpClient({});
  const direct = { hostname, port: Number(port || 80) };
  return Deno.createHttpClient({ proxy: { transport: "tcp", ...direct } });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Asks an agent for JSON. Where there is no answer, it says why on stderr, with
 * the URL that the user knows.
 */
export async function askJson(
  url: URL,
  { init = {}, token, shownAs }: {
    readonly init?: Init;
    readonly token: string | undefined;
    readonly shownAs: URL;
  },
): Promise<Answer | undefined> {
  const answer = await ask(url, {
    ...init,
    headers: {
      ...init.headers,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
  });
  if (typeof answer !== "string") return answer;
  const shown = withoutCredentials(shownAs.href);
  console.error(`lifesign: cannot reach ${shown}: ${answer}`);
  return undefined;
}

/** Says that what answers at a URL is no agent. */
export function sayOther(url: URL): void {
  const shown = withoutCredentials(url.href);
  console.error(`lifesign: ${shown}: expected the HTTP app of lifesign`);
}

/** Says why an agent did not do it, and returns the exit code. */
export function sayRefused({ status, json, location }: Answer): number {
  if (status === 401) {
    const name = TOKEN_VARIABLE;
    const may = isGranted({ name: "env", variable: name });
    console.error(
      `lifesign: the agent asks for another token: set ${name}${
        may ? "" : `, and run with --allow-env=${name}`
      }`,
    );
    return EXIT.failure;
  }
  const { error } = Object(json);
  const redirect = location === null ? "" : `, a redirect to ${location}`;
  const why = typeof error === "string" ? error : `HTTP ${status}${redirect}`;
  console.error(`lifesign: ${printable(why)}`);
  return status === 400 || status === 404 ? EXIT.usage : EXIT.failure;
}
