import { escaped, inHex, oneLine, parsedUrl } from "./text.ts";

/** A shorter string is part of many others, and cannot be kept secret. */
const MIN_SECRET_LENGTH = 4;

/**
 * Secret strings, and what is shown instead of each, such as `***`. They cannot
 * be read from outside, so that to print a probe does not print its secrets.
 */
export class Secrets {
  readonly #shown: ReadonlyMap<string, string>;
  /** Made when it is first needed: most checks never fail. */
  #redact: ((text: string) => string) | undefined;
  /** Those that other copies of the package made, whose strings are private. */
  #foreign: readonly Secrets[] = [];

  /** Takes the secrets, each with what is shown instead of it. */
  constructor(secrets: Iterable<readonly [secret: string, shown: string]>) {
    this.#shown = new Map(secrets);
  }

  /** How many secrets there are. */
  get size(): number {
    return this.#foreign.reduce((n, { size }) => n + size, this.#shown.size);
  }

  /** These and others. What is shown instead of one that both have, these say. */
  over(others: Secrets): Secrets {
    if (!(#shown in others)) return this.#with(this.#shown, [others]);
    // Two secrets may have a form in common: the later one counts.
    const rest = [...others.#shown].filter(([secret]) =>
      !this.#shown.has(secret)
    );
    return this.#with([...rest, ...this.#shown], others.#foreign);
  }

  #with(
    secrets: Iterable<readonly [secret: string, shown: string]>,
    foreign: readonly Secrets[],
  ): Secrets {
    const all = new Secrets(secrets);
    all.#foreign = [...new Set([...this.#foreign, ...foreign])];
    return all;
  }

  /** Whether others are the same, and are shown in the same way. */
  equals(others: Secrets): boolean {
    return #shown in others && this.size === others.size &&
      others.#foreign.length === this.#foreign.length &&
      this.#foreign.every((secrets, i) => secrets === others.#foreign[i]) &&
      [...this.#shown].every(([secret, shown]) =>
        others.#shown.get(secret) === shown
      );
  }

  /**
   * Replaces the secrets of at least 4 characters in a string, in whatever form
   * a URL, a message or a command line has them, and shorter ones where they are
   * the password of a URL.
   */
  redact(text: string): string {
    this.#redact ??= redactor(this.#shown);
    return this.#foreign.reduce(
      (redacted, secrets) => secrets.redact(redacted),
      this.#redact(text),
    );
  }
}

function redactor(
  secrets: ReadonlyMap<string, string>,
): (text: string) => string {
  const shown = new Map<string, string>();
  const short = new Map<string, string>();
  for (const [secret, name] of secrets) {
    for (const form of formsOf(secret)) {
      (form.length >= MIN_SECRET_LENGTH ? shown : short).set(form, name);
    }
  }
  // A secret may be a part of another one.
  const forms = [...shown.keys()].sort((a, b) => b.length - a.length);
  const pattern = forms.length === 0
    ? undefined
    : new RegExp(forms.map(escaped).join("|"), "g");
  return (text) => {
    const result = withoutShortPasswords(text, short);
    if (pattern === undefined) return result;
    const redacted = result.replace(pattern, (form) => shown.get(form)!);
    return redacted.includes("…")
      ? withoutBeginnings(redacted, shown)
      : redacted;
  };
}

/** Replaces secrets that are too short to be found elsewhere in the URLs. */
function withoutShortPasswords(
  text: string,
  short: ReadonlyMap<string, string>,
): string {
  return short.size === 0 ? text : text.replace(
    URL_PASSWORD,
    (all, start, password) =>
      short.has(password) ? `${start}${short.get(password)}` : all,
  );
}

/** The forms that a secret may have in a message. */
function formsOf(secret: string): Set<string> {
  const plain = [secret, oneLine(secret, Infinity)];
  // As bytes that cannot be printed are shown.
  const hex = secret.length < MIN_SECRET_LENGTH
    ? []
    : [inHex(new TextEncoder().encode(secret), Infinity)];
  return new Set(
    [...plain, ...inUrls(secret), ...hex].flatMap((text) => [
      text,
      // As strings are quoted.
      JSON.stringify(text).slice(1, -1),
      // As command lines are quoted.
      text.replaceAll("'", "'\\''"),
    ]),
  );
}

/** The forms of a string in a URL, and of one that is a URL. */
function inUrls(text: string): string[] {
  const forms = [
    encodeURIComponent(text.toWellFormed()),
    parsedUrl(`http://x/${text}`)?.pathname.slice(1) ?? "",
    parsedUrl(`http://x/?${text}`)?.search.slice(1) ?? "",
  ];
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? parsedUrl(text) : null;
  if (url !== null) forms.push(url.password, unescaped(url.password));
  if (/^https?:/i.test(text)) {
    if (url === null) return forms;
    // As probes show it.
    url.username = url.password = url.hash = "";
    forms.push(url.href, url.href.replace(/\/$/, ""), url.host, url.hostname);
  } else if (/^[^\s/?#@\\]+$/.test(text)) {
    forms.push(parsedUrl(`http://${text}`)?.host ?? "");
  }
  return forms;
}

/** The bytes of a string in a URL; a `%` that starts no escape is itself. */
export function unescaped(text: string): string {
  return text.replace(
    /%([\da-f]{2})/gi,
    (_, hex) => String.fromCharCode(parseInt(hex, 16)),
  );
}

/** Replaces the beginning of a secret where an ellipsis cut off the rest. */
function withoutBeginnings(
  text: string,
  shown: ReadonlyMap<string, string>,
): string {
  for (let at = text.indexOf("…"); at >= 0; at = text.indexOf("…", at + 1)) {
    let [longest, found] = [MIN_SECRET_LENGTH - 1, ""];
    for (const [form, name] of shown) {
      let length = Math.min(form.length - 1, at);
      while (length > longest && !text.endsWith(form.slice(0, length), at)) {
        length--;
      }
      if (length > longest) [longest, found] = [length, name];
    }
    if (found === "") continue;
    const before = text.slice(0, at - longest) + found;
    text = before + text.slice(at);
    at = before.length;
  }
  return text;
}

/** Words in the names of secrets, such as `Authorization` or `DB_PASSWORD`. */
const SECRET_WORD =
  /auth|cookie|token|secret|passw|passphrase|pwd|signature|credential|session/i;

/** Short words at the end of such names, such as `API_KEY` or `apikey`. */
const SECRET_END = /(?:^|[-_.]|api|access|private)(?:key|sig|pass|pw)$/i;

/** The same in camelCase, such as `clientKey`. */
const SECRET_CAMEL_END = /[a-z](?:Key|Sig|Pass)$/;

/** Names of places, such as `AUTH_PORT` or `TOKEN_FILE`. */
const PLACE_END = /[-_.](?:host|port|file|path|dir|addr|address)$/i;

/** Whether a header, a parameter or a variable of this name is likely secret. */
export function isSecretName(name: string): boolean {
  return !PLACE_END.test(name) &&
    [SECRET_WORD, SECRET_END, SECRET_CAMEL_END].some((it) => it.test(name));
}

/** A URL with a password in it, or a private key. */
const SECRET_VALUE =
  /:\/\/[^/?#\s]*:[^/?#\s]+@|-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** Whether a string is likely secret, whatever its name is. */
export function isSecretValue(value: string): boolean {
  return SECRET_VALUE.test(value);
}

/** The password of a URL, after what comes before it. */
const URL_PASSWORD = /(:\/\/[^/?#\s:@]*:)([^/?#\s]+)(?=@)/g;

/** The passwords of URLs in a string, as they are written and as they are sent. */
export function urlPasswords(text: string): string[] {
  return Array.from(
    text.matchAll(URL_PASSWORD),
    ([, , password]) => [password!, unescaped(password!)],
  ).flat();
}

/**
 * Replaces the credentials of URLs and of hosts (`user:password@host`) in a
 * string, and the values in queries that are likely secret. What is only variables
 * stays as it is. The string need not be valid: everything up to the last `@` of a
 * word is hidden.
 */
export function withoutCredentials(text: string): string {
  return text.replace(/\S+/g, (word) => {
    const slashes = word.indexOf("//");
    const start = slashes < 0 ? 0 : slashes + 2;
    const end = word.lastIndexOf("@");
    const credentials = word.slice(start, Math.max(start, end));
    const isHidden = slashes < 0 ? credentials.includes(":") : end >= start;
    return !isHidden || isOnlyVariables(credentials)
      ? word
      : `${word.slice(0, start)}***${word.slice(end)}`;
  }).replace(
    /([?&]([^=&?#\s]*)=)([^&#\s]*)/g,
    (pair, start, name, value) =>
      !isSecretName(unescaped(name)) || isOnlyVariables(value)
        ? pair
        : `${start}***`,
  );
}

function isOnlyVariables(text: string): boolean {
  return /^(?:\$\{\w+\}|:)*$/.test(text);
}

/**
 * The values of a query that are likely secret by their names: as they are
 * written, and as servers may read them, with a plus as a space or as itself.
 */
export function querySecrets(query: string): string[] {
  return query.replace(/^\?/, "").split("&").flatMap((pair) => {
    const values = [pair, pair.replaceAll("+", "%2B")].flatMap((
      text,
    ) => [...new URLSearchParams(text)]);
    return values.some(([name]) => isSecretName(name))
      ? [pair.slice(pair.indexOf("=") + 1), ...values.map(([, value]) => value)]
      : [];
  });
}

/**
 * The values that are likely secret by their names, and other secrets. They are
 * shown as `***`.
 */
export function likelySecrets(
  entries: Iterable<readonly [name: string, value: string]>,
  others: Iterable<string> = [],
): Secrets {
  const secrets = new Map(Array.from(others, (secret) => [secret, "***"]));
  for (const [name, value] of entries) {
    if (!isSecretName(name)) continue;
    secrets.set(value, "***");
    // As in "Bearer abc": what follows the scheme is the secret.
    const rest = value.slice(value.indexOf(" ") + 1);
    secrets.set(rest, "***");
  }
  return new Secrets(secrets);
}
