/** The runtimes; `compat` is workerd with `nodejs_compat`. */
export const RUNTIMES = ["deno", "node", "bun", "workerd", "compat"] as const;

/** The name of a runtime. */
export type Runtime = typeof RUNTIMES[number];

/** What is right in a runtime, with `other` for those that are not named. */
type Row = string | Differences;
type Differences = Partial<Record<Runtime | "other", string>>;

const UNSUPPORTED = "error/unsupported";

/** workerd does not say why there is no answer, if the connection was not lost. */
const UNTOLD = "error/internal";

/** Only Deno has more than `fetch`. */
const ONLY_DENO: Row = { deno: "pass", other: UNSUPPORTED };

/** A fault of a TLS handshake, or of a name. */
function untoldByWorkerd(right: string): Differences {
  return { other: right, workerd: UNTOLD, compat: UNTOLD };
}

/** A verdict of `tcp()`, which needs `node:net`. */
function byNodeNet(right: string, compat = right): Row {
  return { other: right, compat, workerd: UNSUPPORTED };
}

/** What is right: a verdict and the code of its reason, or a line of the app. */
const TABLE: Readonly<Record<string, Row>> = {
  "options: URL":
    'OptionError: url: expected an absolute URL with http: or https:, got "nowhere"',
  "options: method": "OptionError: method: method is forbidden",
  "options: method in two words": "OptionError: method: method is not valid",
  "options: header value": "OptionError: headers: invalid header value",
  "options: header name": "OptionError",
  "http: ok": "pass",
  "http: hang": "fail/timeout",
  "http: half-closed": "fail/reset",
  "http: half-closed in the body": "fail/reset",
  "http: reset": "fail/reset",
  // Bun takes it for a closed connection.
  "http: garbage": { ...untoldByWorkerd("fail/protocol"), bun: "fail/reset" },
  "http: endless head": "fail/timeout",
  "http: endless body": "fail/timeout",
  // workerd takes it for a lost connection.
  "http: refused": {
    other: "fail/refused",
    workerd: "fail/reset",
    compat: "fail/reset",
  },
  "http: unknown name": untoldByWorkerd("fail/dns"),
  "http: status": "fail/status",
  "http: json": "pass",
  "http: wrong json": "fail/body",
  "http: assertion": "pass",
  "http: wrong assertion": "fail/body",
  "http: health": "warn/mismatch",
  "http: response header": "fail/header",
  "http: redirect": "fail/status",
  "http: redirect followed": "pass",
  "http: redirect to an error": "fail/status",
  "http: redirects for ever": "fail/protocol",
  "http: redirect to FTP": "fail/protocol",
  "http: gzip": "pass",
  "http: not gzip": "fail/body",
  "http: post": "pass",
  "http: head": "pass",
  "http: user agent": "pass",
  "https: trusted": "pass",
  "https: expired": untoldByWorkerd("fail/expired"),
  "https: other name": untoldByWorkerd("fail/tls"),
  "https: self-signed": untoldByWorkerd("fail/tls"),
  "https: plain server": untoldByWorkerd("fail/tls"),
  // An alert of TLS is no HTTP; Bun and workerd take it for a closed connection.
  "http: TLS server": {
    other: "fail/reset",
    deno: "fail/protocol",
    node: "fail/protocol",
  },
  "http: GET with a body": ONLY_DENO,
  "http: Host header": ONLY_DENO,
  "http: blocked header": ONLY_DENO,
  "http: address": ONLY_DENO,
  "http: all addresses": ONLY_DENO,
  "http: verify": ONLY_DENO,
  // The Fetch standard blocks it, which only Node follows.
  "http: blocked port": {
    other: "fail/refused",
    node: UNSUPPORTED,
    workerd: "fail/reset",
    compat: "fail/reset",
  },
  // workerd shares connections.
  "http: own connection": {
    other: "pass",
    workerd: "fail/status",
    compat: "fail/status",
  },
  "tcp: open": byNodeNet("pass"),
  "tcp: answer": byNodeNet("pass"),
  "tcp: other answer": byNodeNet("fail/mismatch"),
  "tcp: closed": byNodeNet("fail/reset"),
  "tcp: reset": byNodeNet("fail/reset"),
  "tcp: hang": byNodeNet("fail/timeout"),
  "tcp: stays open": byNodeNet("pass"),
  "tcp: dialogue": byNodeNet("pass"),
  "tcp: by IPv4": ONLY_DENO,
  "tcp: over TLS": ONLY_DENO,
  "tcp: refused": byNodeNet("fail/refused"),
  "tcp: unknown name": byNodeNet("fail/dns", "fail/refused"),
  command: ONLY_DENO,
  "probe: throws": "error/internal",
  "probe: hang": "fail/timeout",
  "app: page": "complete",
  "app: health": "503 fail",
  "app: checks": "web healthy 1, down unhealthy 1",
  "app: without token": "401",
  "app: livez": "200",
  "app: head": "200 true",
  "app: metrics": "true",
  "app: events": "event: snapshot",
  "app: nowhere": "404",
  "fleet: background": "healthy",
  "monitor: attempts": "2",
};

/** What is right in a runtime. */
export function expectedIn(runtime: Runtime): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(TABLE).map(([name, row]) => [
      name,
      typeof row === "string" ? row : row[runtime] ?? row.other ?? "nothing",
    ]),
  );
}
