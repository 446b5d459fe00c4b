import { assert } from "@std/assert";
import fc from "fast-check";
import { builtInKinds } from "../../src/probes/built_in.ts";
import { parseConfig } from "../../src/agent/config.ts";
import { ConfigError } from "../../src/config/error.ts";
import { FORMATS } from "../../src/import/formats.ts";
import type { Format } from "../../src/import/recognise.ts";
import { importTexts } from "../support/imports.ts";

/** The longest that one text may take; it is a matter of milliseconds. */
const MAX_MS = 5000;

const RUNS = { numRuns: 1000, interruptAfterTimeLimit: 20_000 } as const;

/** Some are set, some are not, and some may not be read. */
function env(name: string): string | undefined {
  if (name === "DENIED") throw new Deno.errors.NotCapable("no");
  return name.length % 2 === 0 ? `va"l\nue: [${name}` : undefined;
}

const KINDS = await builtInKinds();

/** The variables of the formats that keep those that are not set. */
const STAND_INS = ["1", "http://localhost/"];

/** Whether there are checks in a config, with some value for each variable. */
function isValid(config: string, format: Format): boolean {
  const values = format === "gatus" ? STAND_INS : [undefined];
  const problems: unknown[] = [];
  for (const value of values) {
    const lookup = (name: string): string | undefined =>
      format === "gatus" && name === "DENIED" ? value : env(name) ?? value;
    try {
      const { checks } = parseConfig(config, { env: lookup, kinds: KINDS });
      return checks.length > 0;
    } catch (error) {
      problems.push(error);
    }
  }
  // One check may need the one value, and another check the other.
  if (values.length > 1 && config.split("\n    type:").length > 2) return true;
  throw problems[0];
}

/** Imports a text, and says whether there is a config in it. */
async function isImported(
  format: Format,
  text: string,
  native: boolean,
): Promise<boolean> {
  const startedAt = performance.now();
  try {
    const { text: config, warnings } = await importTexts(format, text, {
      env,
      native,
      optionalEnv: () => undefined,
    });
    for (const warning of warnings) assert(!/\n|undefined/.test(warning));
    if (config !== undefined) {
      assert(isValid(config, format));
    }
    return config !== undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) {
      throw new Error(`Not for ${JSON.stringify(text)}`, { cause: error });
    }
    for (const { path, message } of error.issues) {
      assert(message !== "" && !/\n/.test(message + path), message);
    }
    return false;
  } finally {
    assert(performance.now() - startedAt < MAX_MS, text.slice(0, 1000));
  }
}

const format = fc.constantFrom(...FORMATS);

const TOKENS = fc.constantFrom(
  ..."[]{}:,-?#&*!|>'\"%@`$~ \n\t\r",
  ..."\n  |\n    |: |- |&a|*a|!!str|!reset|---|<<|null|0|1e9|.nan|${A}|${AB:-x}|${|$$"
    .split("|"),
  ..."services endpoints conditions web healthcheck test CMD health check kind Pod spec containers __proto__"
    .split(" "),
);

Deno.test("import gives a config that is valid or a ConfigError, of any YAML-like text", async () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(TOKENS, { maxLength: 60 }).map((tokens) => tokens.join("")),
  );
  await fc.assert(
    fc.asyncProperty(format, text, async (format, text) => {
      await isImported(format, text, true);
    }),
    RUNS,
  );
});

const WORDS = fc.constantFrom(
  ..."CMD CMD-SHELL NONE 10s 1h30m 5 yes tcp http exec 80 http://localhost:80/a ${AB} ${A:-b} ${DENIED:-x} $$X web $ 8080:80 localhost"
    .split(" "),
  "curl -f http://localhost/",
  "redis-cli ping",
  "pg_isready",
  "nc -z localhost 80",
  "2 min",
  "a\0b",
  "",
);

const scalar = fc.oneof(
  { weight: 4, arbitrary: WORDS },
  fc.string({ unit: "binary" }),
  fc.integer(),
  fc.nat(65_535),
  fc.boolean(),
  fc.constant(null),
);

const KEYS =
  "services web healthcheck test interval timeout retries start_period start_interval disable ports target published extends file service environment container_name profiles deploy replicas health check type port url expect_status command endpoints start_grace kind metadata name namespace spec template containers livenessProbe readinessProbe startupProbe httpGet tcpSocket exec grpc path scheme host httpHeaders value periodSeconds failureThreshold x-a <<"
    .split(" ");

const key = fc.constantFrom(...KEYS);

const any = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.oneof(key, fc.string()), tie("value"), { maxKeys: 3 }),
  ),
})).value;

/** The one, and now and then anything. */
function mostly(one: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: one }, {
    weight: 1,
    arbitrary: any,
  });
}

function map(
  fields: Record<string, fc.Arbitrary<unknown>>,
  requiredKeys: string[] = [],
): fc.Arbitrary<unknown> {
  const all = Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, mostly(value)]),
  );
  return fc.record(all, { requiredKeys });
}

const text = fc.oneof(WORDS, fc.string({ unit: "binary", minLength: 1 }));
const texts = fc.array(text, { maxLength: 3 });
const port = fc.integer({ min: 1, max: 65_535 });
const duration = fc.constantFrom("10s", "1m30s", "0s", "500us", "99d", "1.5h");
const name = fc.oneof(
  fc.constantFrom("web", "db", "a b", "${AB}"),
  fc.string({ minLength: 1 }),
);
const count = fc.nat(20);

const compose = map({
  name,
  services: fc.dictionary(
    name,
    mostly(map({
      healthcheck: map({
        test: fc.oneof(
          text,
          texts.map((rest) => ["CMD", ...rest]),
          texts.map((rest) => ["CMD-SHELL", ...rest]),
        ),
        interval: duration,
        timeout: duration,
        retries: count,
        start_period: duration,
        start_interval: duration,
      }, ["test"]),
      ports: fc.array(fc.constantFrom("80:80", "[::1]:1:80", "5432:5432/udp")),
      container_name: name,
      environment: fc.dictionary(name, text),
    })),
    { minKeys: 1, maxKeys: 3 },
  ),
}, ["services"]);

const handler = fc.oneof(
  map({
    httpGet: map({
      port: fc.oneof(port, fc.constant("http")),
      path: text,
      host: text,
      scheme: fc.constantFrom("HTTP", "HTTPS"),
      httpHeaders: fc.array(map({ name, value: text }, ["name"])),
    }, ["port"]),
    periodSeconds: count,
  }, ["httpGet"]),
  map(
    { tcpSocket: map({ port, host: text }, ["port"]), timeoutSeconds: count },
    [
      "tcpSocket",
    ],
  ),
  map({ exec: map({ command: texts }, ["command"]) }, ["exec"]),
);

const kubernetes = map({
  apiVersion: fc.constant("v1"),
  kind: fc.constant("Pod"),
  metadata: map({ name, namespace: name }, ["name"]),
  spec: map({
    containers: fc.array(
      map({
        name,
        ports: fc.constant([{ name: "http", containerPort: 8080 }]),
        livenessProbe: handler,
        readinessProbe: handler,
        startupProbe: handler,
      }, ["name"]),
      { minLength: 1, maxLength: 2 },
    ),
  }, ["containers"]),
}, ["apiVersion", "kind", "metadata", "spec"]);

const zlayer = map({
  services: fc.dictionary(
    name,
    map({
      endpoints: fc.array(map({ port }, ["port"])),
      health: map({
        check: fc.oneof(
          map({ type: fc.constant("tcp"), port }, ["type", "port"]),
          map({
            type: fc.constant("http"),
            url: fc.webUrl(),
            expect_status: fc.integer({ min: 0, max: 999 }),
          }, ["type", "url"]),
          map({ type: fc.constant("command"), command: text }, [
            "type",
            "command",
          ]),
        ),
        interval: duration,
        retries: count,
      }, ["check"]),
    }),
    { minKeys: 1, maxKeys: 3 },
  ),
}, ["services"]);

const CONDITIONS = fc.oneof(
  fc.constantFrom(
    "[STATUS] == 200",
    "[STATUS] < 500",
    "[CONNECTED] == true",
    "[BODY].a.b[0] == x",
    "[BODY] == pat(*[a-z]?\\*x*)",
    "len([BODY].a) > 3",
    "has([BODY].a) == false",
    "[BODY].a != any(a, b)",
    "[RESPONSE_TIME] < 1s",
    "[CERTIFICATE_EXPIRATION] > 48h",
    "[DNS_RCODE] == NOERROR",
    "[BODY] == $AB",
    "[BODY] == 1.2.3.4",
  ),
  fc.tuple(
    fc.constantFrom("[BODY]", "[BODY].a", "[STATUS]", "[IP]", "[BODY].a[0].b"),
    fc.constantFrom("==", "!=", "<", ">="),
    fc.string({ unit: "grapheme" }),
  ).map((parts) => parts.join(" ")),
);

const pages = map({
  name,
  group: name,
  url: fc.oneof(
    fc.webUrl(),
    fc.constantFrom("https://${AB}:8/x$ABC", "$AB"),
    fc.tuple(
      fc.constantFrom("tcp", "tls", "udp", "starttls", "ssh", "icmp"),
      fc.constantFrom("a:80", "[::1]:80", "a", "$AB:$ABC"),
    ).map((parts) => parts.join("://")),
  ),
  conditions: fc.array(CONDITIONS, { minLength: 1, maxLength: 4 }),
  body: text,
  graphql: fc.boolean(),
  headers: fc.dictionary(fc.constantFrom("a", "Content-Type"), text),
  interval: fc.constantFrom("10s", "1m30s", "0s", "99h"),
  client: map({ timeout: fc.constantFrom("10s", "1ms") }),
  alerts: fc.array(map({ type: name, "failure-threshold": count })),
}, ["name", "url", "conditions"]);

const names = map({
  name,
  url: fc.constantFrom("8.8.8.8", "[::1]:53", "$AB"),
  dns: map({
    "query-name": name,
    "query-type": fc.constantFrom("A", "MX", "SRV"),
  }, ["query-name", "query-type"]),
  conditions: fc.array(CONDITIONS, { minLength: 1, maxLength: 4 }),
}, ["name", "url", "dns", "conditions"]);

const gatus = map({
  endpoints: fc.array(mostly(fc.oneof(pages, names)), {
    minLength: 1,
    maxLength: 2,
  }),
}, ["endpoints"]);

const expression = fc.oneof(
  fc.constantFrom(
    "^a$",
    "(?i)b",
    "{c}",
    "[[:alpha:]]",
    "\\pL",
    "(a)(b",
    "${x}",
  ),
  fc.string({ unit: "grapheme" }),
);

const blackbox = map({
  modules: fc.dictionary(
    fc.constantFrom("m", "http_2xx"),
    mostly(fc.oneof(
      map({
        prober: fc.constant("http"),
        timeout: fc.constantFrom("5s", "1m"),
        http: map({
          method: fc.constantFrom("GET", "HEAD", "a b"),
          headers: fc.dictionary(fc.constantFrom("Host", "a"), text),
          body: text,
          valid_status_codes: fc.array(fc.constantFrom(200, 301), {
            maxLength: 2,
          }),
          fail_if_body_matches_regexp: fc.array(expression, { maxLength: 2 }),
          fail_if_body_not_matches_regexp: fc.array(expression, {
            maxLength: 2,
          }),
          fail_if_header_matches: fc.array(
            map({ header: text, regexp: expression }, ["header", "regexp"]),
            { maxLength: 1 },
          ),
          fail_if_body_json_matches_cel: text,
          tls_config: map({ server_name: name }),
          basic_auth: map({ username: text, password: text }),
        }),
      }, ["prober"]),
      map({
        prober: fc.constant("tcp"),
        tcp: map({
          tls: fc.boolean(),
          query_response: fc.array(
            map({ expect: expression, send: text, expect_bytes: text }),
            { maxLength: 2 },
          ),
        }),
      }, ["prober"]),
    )),
    { minKeys: 1 },
  ),
  scrape_configs: fc.array(
    mostly(map({
      job_name: name,
      metrics_path: fc.constant("/probe"),
      params: fc.record({ module: fc.constant(["m"]) }, { requiredKeys: [] }),
      scrape_interval: fc.constantFrom("5s", "1m"),
      static_configs: fc.array(
        map({
          targets: fc.array(
            fc.oneof(fc.constantFrom("a:1", "[::1]:2", "https://a"), text),
            { minLength: 1, maxLength: 2 },
          ),
        }, ["targets"]),
        { minLength: 1, maxLength: 2 },
      ),
      relabel_configs: fc.constantFrom(
        [{ source_labels: ["__address__"], target_label: "__param_target" }],
        [
          { source_labels: ["__address__"], target_label: "__param_target" },
          { regex: "(.*):(.*)", target_label: "instance", action: "replace" },
          { regex: "(", action: "labeldrop" },
        ],
      ),
    }, ["metrics_path", "static_configs", "relabel_configs"])),
    { minLength: 1, maxLength: 2 },
  ),
}, ["modules", "scrape_configs"]);

const kuma = map({
  monitorList: fc.array(
    mostly(map({
      id: count,
      name,
      type: fc.constantFrom(
        "http",
        "keyword",
        "json-query",
        "port",
        "dns",
        "push",
        "docker",
        "mqtt",
        "group",
      ),
      url: fc.oneof(fc.webUrl(), text),
      hostname: fc.constantFrom("a.example", "::1"),
      port,
      keyword: text,
      jsonPath: fc.constantFrom("$.a", "b[0].c", "$count(d)", "e-f"),
      expectedValue: text,
      pushToken: fc.constantFrom("abc", "a b"),
      docker_container: text,
      headers: fc.constantFrom("{}", '{"a":"${b}"}', '{"Host":"x"}'),
      accepted_statuscodes: fc.array(fc.constantFrom("200-299", "404", "x"), {
        maxLength: 2,
      }),
      interval: fc.constantFrom(20, 60, 86_400, 99_999_999),
      timeout: fc.constantFrom(1, 48, null),
      maxretries: count,
      retryInterval: fc.constantFrom(20, 60),
      parent: fc.oneof(count, fc.constant(null)),
      authMethod: fc.constantFrom("basic", "bearer", "ntlm", null),
      active: fc.constantFrom(true, true, 1, 0),
      ignoreTls: fc.boolean(),
      maxredirects: fc.constantFrom(0, 10),
    }, ["name", "type", "url", "hostname", "port", "keyword"])),
    { minLength: 1, maxLength: 3 },
  ),
}, ["monitorList"]);

const LIKELY = { blackbox, compose, gatus, kuma, kubernetes, zlayer };

for (const format of FORMATS) {
  Deno.test(`import ${format} gives a config that is valid or a ConfigError, of what is likely and of anything`, async () => {
    let imported = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ weight: 9, arbitrary: LIKELY[format] }, any),
        fc.boolean(),
        async (value, native) => {
          if (await isImported(format, JSON.stringify(value), native)) {
            imported++;
          }
        },
      ),
      RUNS,
    );
    // Most of what is likely is refused for one reason or another.
    assert(imported > 10, `${imported} were imported`);
  });
}
