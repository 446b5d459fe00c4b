import { isSecretName } from "../../core/secrets.ts";
import { type Flags, flagsOf } from "./command_flags.ts";
import type { Values } from "./values.ts";

/** A request of `curl` or `wget` as the keys of an http check. */
export interface CurlLike {
  /** With marks in place of variables. */
  readonly url: string;
  readonly notes: readonly string[];
  readonly maxSeconds?: number;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: string;
  readonly redirect?: "follow";
  readonly verify?: false;
}

/** Parses the arguments of `curl`, or returns why they cannot be imported. */
export function readCurl(
  args: readonly string[],
  values: Values,
): CurlLike | string {
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
    "-b": ["--cookie"],
    "-c": ["--cookie-jar"],
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
  if (follows && !/^(?:GET|HEAD)?$/.test(flags.value("-X") ?? "")) {
    return "it keeps its method when it is redirected";
  }
  // Without a name, curl reads them from a file.
  const cookies = flags.values("-b").filter((word) => word !== "");
  if (cookies.some((word) => !values.text(word).includes("="))) {
    return "its cookies are in a file";
  }
  const headers = headersOf([
    ...flags.values("-H"),
    ...(cookies.length === 0 ? [] : [`Cookie: ${cookies.join("; ")}`]),
  ], values);
  if (typeof headers === "string") return headers;
  return request(flags, values, {
    // Without -f, curl accepts any status; with it, those below 400, even where
    // it follows redirects: not every 3xx is one.
    status: failsOnStatus ? "100-399" : "100-999",
    ...(follows && { redirect: "follow" }),
    ...(method !== undefined && method !== "GET" &&
      { method: values.template(method) }),
    ...(headers !== undefined && { headers }),
    ...secondsOf(flags.value("-m"), values),
    isInsecure: flags.has("-k") || flags.has("--insecure"),
  });
}

/** Options for {@linkcode readWget}. */
export interface WgetOptions {
  /** What the marks in the arguments stand for. */
  readonly values: Values;
  /** Whether it is the wget of BusyBox. */
  readonly hasBusyBox: boolean;
}

/** Parses the arguments of `wget`, or returns why they cannot be imported. */
export function readWget(
  args: readonly string[],
  { values, hasBusyBox }: WgetOptions,
): CurlLike | string {
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
  const headers = headersOf(flags.values("--header"), values);
  if (typeof headers === "string") return headers;
  // BusyBox gets the page, and does not read it.
  const isHead = flags.has("--spider") && !hasBusyBox &&
    !flags.has("--method");
  const method = flags.value("--method") ?? (isHead ? "HEAD" : undefined);
  const read = request(flags, values, {
    redirect: "follow",
    ...(method !== undefined && { method: values.template(method) }),
    ...(headers !== undefined && { headers }),
    ...secondsOf(flags.value("-T"), values),
    isInsecure: flags.has("--no-check-certificate"),
  });
  return typeof read === "object" && isHead
    ? { ...read, notes: ["Sends HEAD as GNU wget; that of BusyBox sends GET"] }
    : read;
}

function request(
  { rest }: Flags,
  values: Values,
  { isInsecure, ...fields }: Omit<CurlLike, "url" | "notes"> & {
    readonly isInsecure: boolean;
  },
): CurlLike | string {
  const [url, ...others] = rest;
  if (url === undefined || others.length > 0) return "expected one URL";
  const text = values.text(url);
  const hasScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(text);
  const mayBeTls = /^https:/i.test(text) || fields.redirect === "follow";
  return {
    ...fields,
    url: hasScheme ? url : `http://${url}`,
    ...(isInsecure && mayBeTls && { verify: false }),
    notes: [],
  };
}

function headersOf(
  words: readonly string[],
  values: Values,
): Record<string, string> | undefined | string {
  const headers: Record<string, string> = {};
  for (const word of words) {
    const [, name, value] =
      /^([\w!#$%&'*+.^`|~-]+):[^\S\n]*(\S.*)$/.exec(word) ??
        [];
    if (name === undefined) return `unknown header ${JSON.stringify(word)}`;
    if (/^(?:content-length|transfer-encoding)$/i.test(name)) {
      return `a check cannot have the header ${name}`;
    }
    if (isSecretName(name) && values.hasLiterals(value!)) {
      return `the secret in its header ${name} would be in clear`;
    }
    headers[name] = values.template(value!);
  }
  return words.length === 0 ? undefined : headers;
}

function secondsOf(
  word: string | undefined,
  values: Values,
): { maxSeconds?: number } {
  const seconds = word === undefined ? 0 : Number(values.text(word));
  return seconds > 0 ? { maxSeconds: seconds } : {};
}
