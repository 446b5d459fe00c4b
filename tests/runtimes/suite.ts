/**
 * What is tried in each runtime: it uses the Web Platform and the library alone.
 *
 * @module
 */

import {
  command,
  Fleet,
  http,
  monitor,
  type Probe,
  probe,
  tcp,
} from "@lifesign/lifesign";
import { createApp } from "@lifesign/lifesign/server";

/** The ports of the targets, all of them on 127.0.0.1 but for `refused`. */
export interface Targets {
  /** A server that behaves as the path of each request says. */
  readonly obedient: number;
  /** A server that has the paths of {@linkcode Path}. */
  readonly web: number;
  /** A port at which nothing listens. */
  readonly refused: number;
  /** Servers of HTTPS, by what their certificates are. */
  readonly trusted: number;
  readonly expired: number;
  readonly misnamed: number;
  readonly selfSigned: number;
}

/** What came of each attempt: `"pass"`, or `"fail/refused: …"`. */
export type Results = Readonly<Record<string, string>>;

/** Enough for every attempt that ends by itself, however slow the machine is. */
const PATIENT = "30s";

/** For attempts that do not end by themselves. */
const SHORT = "1s";

function probesOf(targets: Targets): Record<string, Probe> {
  const { obedient, web, refused } = targets;
  const at = (port: number, path = ""): string =>
    `http://127.0.0.1:${port}/${path}`;
  const behaving = (path: string): Probe =>
    http(at(obedient, path), { contains: "all is well" });
  const secure = (port: number): Probe => http(`https://127.0.0.1:${port}/`);
  return {
    "http: ok": behaving("ok"),
    "http: hang": behaving("hang"),
    "http: half-closed": behaving("halfClose"),
    "http: half-closed in the body": behaving("halfCloseInBody"),
    "http: reset": behaving("reset"),
    "http: garbage": behaving("garbage"),
    "http: endless head": behaving("trickleHead"),
    "http: endless body": behaving("trickleBody"),
    "http: refused": http(at(refused)),
    "http: unknown name": http("http://nowhere.invalid/"),
    "http: status": http(at(web, "down")),
    "http: json": http(at(web, "json"), { json: { "db.up": true } }),
    "http: wrong json": http(at(web, "json"), { json: { "db.up": false } }),
    "http: assertion": http(at(web, "json"), {
      assert: ["status == 200 && body.db.up"],
    }),
    "http: wrong assertion": http(at(web, "json"), {
      assert: ["!body.db.up"],
    }),
    "http: health": http(at(web, "health"), { health: true }),
    "http: response header": http(at(web, "json"), {
      responseHeaders: { "content-type": "text/html" },
    }),
    "http: redirect": http(at(web, "moved")),
    "http: redirect followed": http(at(web, "moved"), {
      redirect: "follow",
      contains: "up",
    }),
    "http: redirect to an error": http(at(web, "moved-down"), {
      redirect: "follow",
    }),
    "http: redirects for ever": http(at(web, "loop"), { redirect: "follow" }),
    "http: redirect to FTP": http(at(web, "ftp"), { redirect: "follow" }),
    "http: gzip": http(at(web, "gzip"), { contains: "up" }),
    "http: not gzip": http(at(web, "not-gzip"), { contains: "up" }),
    "http: post": http(at(web, "echo"), {
      method: "POST",
      body: "hello",
      contains: "POST hello",
    }),
    "http: head": http(at(web, "json"), { method: "HEAD" }),
    "http: user agent": http(at(web, "agent"), { contains: "lifesign" }),
    "https: trusted": secure(targets.trusted),
    "https: expired": secure(targets.expired),
    "https: other name": secure(targets.misnamed),
    "https: self-signed": secure(targets.selfSigned),
    "https: plain server": secure(web),
    "http: TLS server": http(at(targets.trusted)),
    "http: GET with a body": http(at(web, "echo"), { body: "hello" }),
    "http: Host header": http(at(web, "host"), {
      headers: { host: "shop.example" },
      contains: "shop.example",
    }),
    "http: blocked header": http(at(web, "json"), {
      headers: { te: "trailers" },
    }),
    "http: address": http("http://shop.example/json", {
      address: `127.0.0.1:${web}`,
    }),
    "http: all addresses": http(at(web), { addresses: "all" }),
    "http: verify": http(`https://127.0.0.1:${targets.selfSigned}/`, {
      verify: false,
    }),
    "http: blocked port": http("http://127.0.0.1:1/"),
    "tcp: open": tcp({ port: web }),
    "tcp: answer": tcp({
      port: obedient,
      send: "GET /ok HTTP/1.1\r\n\r\n",
      expect: /all\sis well/,
    }),
    "tcp: other answer": tcp({
      port: obedient,
      send: "GET /garbage HTTP/1.1\r\n\r\n",
      expect: "all is well",
    }),
    "tcp: closed": tcp({
      port: obedient,
      send: "GET /halfClose HTTP/1.1\r\n\r\n",
      expect: "all is well",
    }),
    "tcp: reset": tcp({
      port: obedient,
      send: "GET /reset HTTP/1.1\r\n\r\n",
      expect: "all is well",
    }),
    "tcp: hang": tcp({ port: obedient, expect: "all is well" }),
    "tcp: stays open": tcp({ port: obedient, staysOpen: "50ms" }),
    "tcp: dialogue": tcp({
      port: obedient,
      steps: [
        { send: "GET /ok HTTP/1.1\r\n\r\n" },
        { expect: "200 OK" },
        { expect: "all is well" },
      ],
    }),
    "tcp: by IPv4": tcp({ port: web, family: 4 }),
    "tcp: over TLS": tcp({ port: targets.trusted, tls: true }),
    "tcp: refused": tcp({ port: refused }),
    "tcp: unknown name": tcp({ host: "nowhere.invalid", port: 1 }),
    command: command("exit 0"),
    "probe: throws": probe(() => {
      throw new Error("not today");
    }),
    "probe: hang": probe(() => new Promise(() => {})),
  };
}

/** Those that do not end before their deadline, in some runtime. */
const ENDLESS = [
  "http: hang",
  "http: endless head",
  "http: endless body",
  "tcp: hang",
  "probe: hang",
];

/** Makes an attempt of every probe, and then tries the app. */
export async function run(targets: Targets): Promise<Results> {
  return {
    ...tryOptions(),
    ...await tryProbes(targets),
    ...await tryConnections(targets),
    ...await tryApp(targets),
    ...await tryBackground(targets),
  };
}

/** The messages of options that are not valid, of which some are secret. */
function tryOptions(): Results {
  const problemOf = (make: () => Probe): string => {
    try {
      return make().target;
    } catch (error) {
      return String(error);
    }
  };
  const withHeader = (name: string, value: string): () => Probe => () =>
    http("http://127.0.0.1/", { headers: { [name]: value } });
  return {
    "options: URL": problemOf(() => http("nowhere")),
    "options: method": problemOf(() =>
      http("http://127.0.0.1/", { method: "TRACE" })
    ),
    "options: method in two words": problemOf(() =>
      http("http://127.0.0.1/", { method: "GET IT" })
    ),
    "options: header value": problemOf(withHeader("x-key", "top\0secret")),
    "options: header name": problemOf(withHeader("x key", "secret"))
      .replace(/:.*: .*/, ""),
  };
}

async function tryProbes(targets: Targets): Promise<Results> {
  // Workers at the edge have six connections at a time.
  await using fleet = new Fleet({ background: false, concurrency: 6 });
  for (const [id, probe] of Object.entries(probesOf(targets))) {
    fleet.add(probe, { id, timeout: ENDLESS.includes(id) ? SHORT : PATIENT });
  }
  await fleet.attemptAll();
  // On a busy machine, a runtime may excuse a target for its own stall.
  for (
    let i = 0;
    i < 10 && fleet.ids().some((id) => isStalled(fleet, id));
    i++
  ) {
    const stalled = fleet.ids().filter((id) => isStalled(fleet, id));
    await Promise.all(stalled.map((id) => fleet.attempt(id)));
  }
  return Object.fromEntries(fleet.ids().map((id) => [id, resultOf(fleet, id)]));
}

function isStalled(fleet: Fleet, id: string): boolean {
  return resultOf(fleet, id).includes("this process itself was stalled");
}

function resultOf(fleet: Fleet, id: string): string {
  const attempt = fleet.history(id)?.attempts.at(-1);
  if (attempt === undefined) return "no attempt";
  const { verdict, reason } = attempt;
  return reason === undefined
    ? verdict
    : `${verdict}/${reason.code}: ${reason.message}`;
}

/** The second attempt passes if it has a connection of its own. */
async function tryConnections({ web }: Targets): Promise<Results> {
  await using fleet = new Fleet({ background: false });
  fleet.add(http(`http://127.0.0.1:${web}/first`), {
    id: "first",
    timeout: PATIENT,
  });
  await fleet.attempt("first");
  await fleet.attempt("first");
  return { "http: own connection": resultOf(fleet, "first") };
}

async function tryApp({ obedient, refused }: Targets): Promise<Results> {
  await using fleet = new Fleet({ background: false });
  const options = { retries: 1, timeout: PATIENT };
  fleet.add(http(`http://127.0.0.1:${obedient}/ok`), { id: "web", ...options });
  fleet.add(http(`http://127.0.0.1:${refused}/`), { id: "down", ...options });
  const app = createApp(fleet, {
    title: "Edge",
    token: "a-long-token",
    onDemand: "1h",
  });
  const headers = { authorization: "Bearer a-long-token" };
  const ask = (path: string, init?: RequestInit): Promise<Response> =>
    Promise.resolve(app.request(path, { headers, ...init }));
  const page = await (await ask("/")).text();
  const health = await ask("/health");
  const { status } = await health.json();
  const checks: { id: string; status: string; attempts: number }[] =
    await (await ask("/checks")).json();
  const head = await ask("/checks", { method: "HEAD" });
  const metrics = await (await ask("/metrics")).text();
  return {
    "app: page": ["<title>", "Edge", "web", "down"]
      .filter((text) => !page.includes(text)).join() || "complete",
    "app: health": `${health.status} ${status}`,
    "app: checks": checks.map(({ id, status, attempts }) =>
      `${id} ${status} ${attempts}`
    ).join(", "),
    "app: without token": `${(await ask("/checks", { headers: {} })).status}`,
    "app: livez": `${(await ask("/livez", { headers: {} })).status}`,
    "app: head": `${head.status} ${
      Number(head.headers.get("content-length")) > 100
    }`,
    "app: metrics": `${/^probe_success\{.*"web".*\} 1$/m.test(metrics)}`,
    "app: events": await firstEvent(await ask("/events")),
    "app: nowhere": `${(await ask("/nowhere")).status}`,
  };
}

/** The name of the first event. */
async function firstEvent({ body }: Response): Promise<string> {
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!/^event: .*$/m.test(text)) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
  }
  await reader.cancel();
  return /^event: .*$/m.exec(text)?.[0] ?? "none";
}

async function tryBackground({ obedient }: Targets): Promise<Results> {
  const probe = http(`http://127.0.0.1:${obedient}/ok`);
  await using fleet = new Fleet();
  fleet.add(probe, { id: "web", interval: "50ms", timeout: PATIENT });
  await fleet.until("healthy");
  let seen = 0;
  for await (const { attempts } of monitor(probe, { interval: "50ms" })) {
    seen = attempts;
    if (attempts > 1) break;
  }
  return {
    "fleet: background": fleet.get("web")?.status ?? "gone",
    "monitor: attempts": `${seen}`,
  };
}
