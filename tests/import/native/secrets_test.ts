import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseConfig } from "../../../src/agent/config.ts";
import { checksOf, importTexts } from "../../support/imports.ts";

const SECRET = "s3cr3t-value";

interface Options {
  readonly environment?: unknown;
  readonly variables?: Record<string, string>;
  readonly dotEnv?: string;
}

async function nativeOf(
  test: string | readonly string[],
  { environment = {}, variables = {}, dotEnv }: Options,
) {
  const healthcheck = { test };
  const web = { ports: ["8080:80"], environment, healthcheck };
  const imported = await importTexts(
    "compose",
    JSON.stringify({ services: { web } }),
    {
      native: true,
      variables,
      ...(dotEnv !== undefined && { files: { ".env": dotEnv } }),
    },
  );
  return { check: checksOf(imported)["web"]!, ...imported };
}

const SHARED = { variables: { APP_TOKEN: SECRET } };
const IN_CONTAINER = { ...SHARED, environment: { TOKEN: "${APP_TOKEN}" } };
const BEARER = { headers: { Authorization: "Bearer ${APP_TOKEN:-}" } };

/** A test with a secret, and the fields that refer to it. */
const REFERRED: readonly (readonly [
  string | readonly string[],
  Options,
  Record<string, unknown>,
])[] = [
  [
    'curl -f -H "Authorization: Bearer $$TOKEN" localhost',
    IN_CONTAINER,
    BEARER,
  ],
  [
    "curl -f -H Authorization:Bearer\\ $${TOKEN} localhost",
    IN_CONTAINER,
    BEARER,
  ],
  [
    'curl -f -H "Authorization: Bearer $$TOKEN" localhost',
    { ...SHARED, environment: ["TOKEN=${APP_TOKEN}"] },
    BEARER,
  ],
  [
    'curl -f -H "Authorization: $$TOKEN" localhost',
    { ...SHARED, environment: ["TOKEN=Bearer ${APP_TOKEN}"] },
    BEARER,
  ],
  ['curl -f -H "Authorization: Bearer ${APP_TOKEN}" localhost', SHARED, BEARER],
  ["curl -f -H 'Authorization: Bearer ${APP_TOKEN}' localhost", SHARED, BEARER],
  [
    ["CMD", "curl", "-H", "Authorization: Bearer ${APP_TOKEN}", "localhost"],
    SHARED,
    BEARER,
  ],
  [
    [
      "CMD",
      "sh",
      "-c",
      'wget --header "Authorization: Bearer $$TOKEN" localhost',
    ],
    IN_CONTAINER,
    BEARER,
  ],
  [
    "curl -f 'http://localhost/a?token=${APP_TOKEN:-none}'",
    SHARED,
    { url: "http://localhost/a?token=${APP_TOKEN:-none}" },
  ],
  [
    "curl -f http://localhost/a?token=$$TOKEN",
    IN_CONTAINER,
    { url: "http://localhost/a?token=${APP_TOKEN:-}" },
  ],
  ["curl -f -XPOST localhost/$$TOKEN", IN_CONTAINER, {
    method: "POST",
    url: "http://localhost/${APP_TOKEN:-}",
  }],
  // What is not set now may be set later.
  ['curl -f -H "Authorization: Bearer ${APP_TOKEN}" localhost', {}, BEARER],
  [
    "curl -f -H 'X: $$${APP_TOKEN}' localhost/${PORT:-80}",
    { variables: { PORT: "81" } },
    { headers: { X: "$" }, url: "http://localhost/${PORT:-80}" },
  ],
  // The variable decides where it is published, and nothing else.
  [
    "curl -f http://$$HOST:${LIFESIGN_PORT:-80}/",
    { environment: { HOST: "localhost" } },
    {
      url: "http://localhost:${LIFESIGN_PORT:-80}/",
      address: "127.0.0.1:8080",
    },
  ],
  [
    "curl -f ${LIFESIGN_URL:-http://localhost/a}",
    {},
    { url: "${LIFESIGN_URL:-http://localhost/a}" },
  ],
  [
    'curl -f -H "X: ${WORDS}" localhost',
    { variables: { WORDS: "a 'b' c" } },
    { headers: { X: "${WORDS:-}" } },
  ],
];

for (const [test, options, fields] of REFERRED) {
  Deno.test(`import compose --native refers to the variables of ${test} with ${JSON.stringify(options)}`, async () => {
    const { check, text, warnings } = await nativeOf(test, options);
    const { type, ...found } = check;
    assertEquals(type, "http");
    assertEquals({ ...found, ...fields }, found);
    assert(!`${text}${warnings}`.includes(SECRET), text);
    const env = (name: string) => options.variables?.[name];
    assertEquals(parseConfig(text!, { env }).checks.length, 1);
  });
}

/** A test to whose secret nothing can refer, and what is said. */
const KEPT: readonly (readonly [string, Options, string])[] = [
  [
    'curl -f -H "Authorization: Bearer $$TOKEN" localhost',
    { environment: { TOKEN: SECRET } },
    "it uses a secret, which lifesign.yaml would have in clear",
  ],
  [
    'curl -f -H "Authorization: Bearer $$TOKEN" localhost',
    { environment: { TOKEN: "${APP_TOKEN}" }, dotEnv: `APP_TOKEN=${SECRET}` },
    "it uses a secret",
  ],
  [
    'curl -f -H "Authorization: Bearer $$WORD" localhost',
    { environment: { WORD: SECRET } },
    "the secret in its header Authorization would be in clear",
  ],
  [
    "curl -f localhost/?api_key=$$WORD",
    { environment: [`WORD=${SECRET}`] },
    "it uses a secret",
  ],
  [
    "curl -f $$WORD",
    { environment: { WORD: `http://me:${SECRET}@localhost/` } },
    "it uses a secret",
  ],
  [
    'redis-cli -a "$$REDIS_PASSWORD" ping',
    { environment: { REDIS_PASSWORD: SECRET } },
    "it uses a secret",
  ],
  // These are more than one word, or flags.
  [
    "curl -f -H X:${APP_TOKEN} localhost",
    { variables: { APP_TOKEN: `${SECRET} -k` } },
    "it is not a simple command",
  ],
  [
    'curl -f -H "X: ${APP_TOKEN}" localhost',
    { variables: { APP_TOKEN: `${SECRET}" -k "` } },
    "it is not a simple command",
  ],
  [
    "curl -f -H 'X: ${APP_TOKEN}' localhost",
    { variables: { APP_TOKEN: `${SECRET}' -k '` } },
    "it is not a simple command",
  ],
  [
    "curl -f $$FLAGS localhost",
    {
      variables: { APP_TOKEN: `-k${SECRET}` },
      environment: { FLAGS: "${APP_TOKEN}" },
    },
    "it is not a simple command",
  ],
  [
    "curl -f localhost/\ue000${APP_TOKEN}",
    SHARED,
    "it is not a simple command",
  ],
];

for (const [test, options, reason] of KEPT) {
  Deno.test(`import compose --native leaves ${test} in its container with ${JSON.stringify(options)}`, async () => {
    const { check, text, warnings } = await nativeOf(test, options);
    assertEquals(check["type"], "command");
    assertEquals(warnings.length, 1);
    assertStringIncludes(warnings[0]!, reason);
    assert(!`${text}${warnings}`.includes(SECRET), text);
  });
}

Deno.test("import compose warns of a secret of .env in the test itself", async () => {
  const test =
    'curl -f -H "Authorization: Bearer ${APP_TOKEN}" localhost/${PATH_NAME}';
  const dotEnv = `APP_TOKEN=${SECRET}\nPATH_NAME=a`;
  const { warnings } = await nativeOf(test, { dotEnv });
  assertEquals(warnings, [
    "a.yaml: services.web.healthcheck.test: the secret APP_TOKEN of .env is written in clear: set it in the environment to have a reference",
  ]);
  const set = await nativeOf(test, { ...SHARED, dotEnv });
  assertEquals(set.warnings, []);
  assert(!set.text!.includes(SECRET), set.text);
  const empty = await nativeOf(test, { dotEnv: "APP_TOKEN=\nPATH_NAME=a" });
  assertEquals(empty.warnings, []);
});

Deno.test("import compose --native needs no secret for pg_isready", async () => {
  const { check } = await nativeOf(
    'pg_isready -d "$$POSTGRES_PASSWORD" -p 80',
    {
      environment: { POSTGRES_PASSWORD: SECRET },
    },
  );
  assertEquals(check["type"], "tcp");
});
