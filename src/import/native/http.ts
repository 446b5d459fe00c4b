import { escaped } from "../escape.ts";
import { type Flags, flagsOf } from "./command_flags.ts";

/** A request of `curl` or `wget` as the keys of an http check. */
export interface CurlLike {
  readonly url: string;
  readonly notes: readonly string[];
  readonly maxSeconds?: number;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: string;
  readonly redirect?: "follow";
}

/** Parses the arguments of `curl`, or returns why they cannot be imported. */
export function readCurl(args: readonly string[]): CurlLike | string {
  const flags = flagsOf(args, {
    "-f": 0,
    "--fail": 0,
    "--fail-with-body": 0,
    "-s": 0,
    "--silent": 0,
    "-S": 0,
    "--show-error": 0,
    "-v": 0,
    "--verbose": 0,
    "-i": 0,
    "--include": 0,
    "-4": 0,
    "--ipv4": 0,
    "-g": 0,
    "--globoff": 0,
    "-N": 0,
    "-L": 0,
    "--location": 0,
    "-I": 0,
    "--head": 0,
    "-k": 0,
    "--insecure": 0,
    "-o": ["--output"],
    "-X": ["--request"],
    "-H": ["--header"],
    "-m": ["--max-time"],
    "--connect-timeout": 1,
    "--retry": 1,
    "--retry-delay": 1,
    "--retry-max-time": 1,
    "--retry-connrefused": 0,
  });
  if (typeof flags === "string") return flags;
  const failsOnStatus = ["-f", "--fail", "--fail-with-body"].some(flags.has);
  const follows = flags.has("-L") || flags.has("--location");
  const method = flags.value("-X") ??
    (flags.has("-I") || flags.has("--head") ? "HEAD" : undefined);
  const headers = headersOf(flags.values("-H"));
  if (typeof headers === "string") return headers;
  return request(flags, {
    // Without -f, curl accepts any status; with it, those below 400.
    status: failsOnStatus ? (follows ? "200-299" : "200-399") : "100-999",
    ...(follows && { redirect: "follow" }),
    ...(method !== undefined && method !== "GET" &&
      { method: escaped(method) }),
    ...(headers !== undefined && { headers }),
    ...secondsOf(flags.value("-m")),
  }, flags.has("-k") || flags.has("--insecure"));
}

/** Parses the arguments of `wget`, or returns why they cannot be imported. */
export function readWget(args: readonly string[]): CurlLike | string {
  const flags = flagsOf(args, {
    "--spider": 0,
    "-q": 0,
    "--quiet": 0,
    "-nv": 0,
    "--no-verbose": 0,
    "-v": 0,
    "--verbose": 0,
    "-S": 0,
    "--server-response": 0,
    "-4": 0,
    "--inet4-only": 0,
    "-O": ["--output-document"],
    "-t": ["--tries"],
    "-T": ["--timeout"],
    "-Y": 1,
    "--no-proxy": 0,
    "--no-check-certificate": 0,
    "--header": 1,
    "--method": 1,
  });
  if (typeof flags === "string") return flags;
  const headers = headersOf(flags.values("--header"));
  if (typeof headers === "string") return headers;
  const method = flags.value("--method");
  return request(flags, {
    redirect: "follow",
    ...(method !== undefined && { method: escaped(method) }),
    ...(headers !== undefined && { headers }),
    ...secondsOf(flags.value("-T")),
  }, flags.has("--no-check-certificate"));
}

function request(
  { rest }: Flags,
  fields: Omit<CurlLike, "url" | "notes">,
  isInsecure: boolean,
): CurlLike | string {
  const [url, ...others] = rest;
  if (url === undefined || others.length > 0) return "expected one URL";
  const whole = /^[a-z][a-z\d+.-]*:\/\//i.test(url) ? url : `http://${url}`;
  if (isInsecure && /^https:/i.test(whole)) {
    return "it accepts any certificate, but lifesign accepts only valid ones";
  }
  return { ...fields, url: whole, notes: [] };
}

function headersOf(
  texts: readonly string[],
): Record<string, string> | undefined | string {
  const headers: Record<string, string> = {};
  for (const text of texts) {
    const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):\s*(.*)$/.exec(text) ?? [];
    if (name === undefined) return `unknown header ${JSON.stringify(text)}`;
    headers[name] = escaped(value!);
  }
  return texts.length === 0 ? undefined : headers;
}

function secondsOf(text: string | undefined): { maxSeconds?: number } {
  const seconds = Number(text);
  return seconds > 0 ? { maxSeconds: seconds } : {};
}
