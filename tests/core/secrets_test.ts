import { assert, assertEquals, assertFalse } from "@std/assert";
import fc from "fast-check";
import {
  isSecretName,
  isSecretValue,
  likelySecrets,
  querySecrets,
  Secrets,
  urlPasswords,
  withoutCredentials,
} from "../../src/core/secrets.ts";
import { excerpt, oneLine } from "../../src/core/text.ts";
import { command } from "../../src/probes/command/command.ts";
import { http } from "../../src/probes/http/http.ts";

/** Redacts one secret, whose name is `${X}`. */
function redact(secret: string, text: string): string {
  return new Secrets([[secret, "${X}"]]).redact(text);
}

const SECRETS = [
  "hunter2hunter2",
  'quo"te\\back/slash',
  "it's",
  "two words",
  "two\nlines\r\nand\ttabs",
  "100%sure%41",
  "a+b&c=d?e#f",
  "été 日本 🙂",
  "<b>{`|^}",
  "$& $1 $$ ${X}",
  "(.*)[x]+?",
  "x".repeat(500),
  "abcdefgh ".repeat(40),
];

/** How a secret may get into a message. */
const WAYS: Readonly<Record<string, (secret: string) => string>> = {
  "as it is": (secret) => secret,
  "quoted": (secret) => JSON.stringify(secret),
  "on one line": (secret) => oneLine(secret),
  "as an excerpt": (secret) => excerpt(secret),
  "in a message": (secret) => oneLine(`Expected ${excerpt(secret)}`),
  "as a query's value": (secret) => encodeURIComponent(secret),
  "in the query of a probe": (secret) =>
    http(`http://x/?q=${secret.replaceAll("#", "")}`).target,
  "as the argument of a probe": (secret) =>
    command(["x", secret.replaceAll("\0", "")]).target,
  "in the script of a probe": (secret) => command(`echo ${secret}`).target,
};

for (const [way, show] of Object.entries(WAYS)) {
  Deno.test(`Secrets.redact() finds a secret ${way}`, () => {
    for (const secret of SECRETS) {
      if (way.includes("query of") && secret.includes("#")) continue;
      const text = redact(secret, show(secret));
      assert(text.includes("${X}"), `${secret}: ${text}`);
      assert(text.length < 40, `${secret}: ${text}`);
    }
  });
}

Deno.test("Secrets.redact() finds a secret in the path of a probe", () => {
  for (const secret of ["two words", "it's", "a|b{c}", "100%sure", "été"]) {
    const { target } = http(`http://x/a/${secret}/b`);
    assertEquals(redact(secret, target), "http://x/a/${X}/b");
  }
});

/** A secret part of a URL, the URL, and what is to be seen. */
const URLS: readonly (readonly [string, string, string])[] = [
  ["Secret.Example", "https://Secret.Example/", "https://${X}/"],
  ["Secret.Example:81", "http://Secret.Example:81/x", "http://${X}/x"],
  ["HTTP://Secret.Example", "HTTP://Secret.Example", "${X}"],
  ["http://u:pass@Secret/", "http://u:pass@Secret/", "${X}"],
  ["http://Secret:80/a b", "http://Secret:80/a b", "${X}"],
  ["http://Secret#frag", "http://Secret#frag", "${X}"],
  ["http://Secret/", "http://Secret/health", "${X}health"],
];

for (const [secret, url, expected] of URLS) {
  Deno.test(`Secrets.redact() makes ${expected} of ${url}`, () => {
    assertEquals(redact(secret, http(url).target), expected);
  });
}

Deno.test("Secrets.redact() finds the host of a secret URL in a message", () => {
  assertEquals(
    redact("https://db.internal:81/x", "db.internal:81 refused"),
    "${X} refused",
  );
  assertEquals(
    redact("https://db.internal:81/x", "No address of db.internal"),
    "No address of ${X}",
  );
});

Deno.test("Secrets.redact() takes strings that are not URLs", () => {
  for (const secret of ["http://", "http://[", "https://a b/", "a]b[c"]) {
    assertEquals(redact(secret, `<${secret}>`), "<${X}>");
  }
});

Deno.test("Secrets.redact() finds each of several secrets, the longer one first", () => {
  const secrets = new Secrets([
    ["pass", "${A}"],
    ["password", "${B}"],
    ["word", "${C}"],
  ]);
  assertEquals(secrets.redact("pass password word"), "${A} ${B} ${C}");
});

Deno.test("Secrets.redact() does not look for secrets in the names it puts there", () => {
  const secrets = new Secrets([["TOKEN", "${A}"], ["s3cret", "${TOKEN}"]]);
  assertEquals(secrets.redact("s3cret TOKEN"), "${TOKEN} ${A}");
});

Deno.test("Secrets.redact() leaves secrets of fewer than 4 characters, which are part of many strings", () => {
  assertEquals(redact("the", "the end of the"), "the end of the");
  assertEquals(redact("", "nothing"), "nothing");
  assertEquals(new Secrets([]).redact("nothing"), "nothing");
  assertEquals(redact("then", "then"), "${X}");
});

Deno.test("Secrets.redact() finds a short secret as the password of a URL", () => {
  assertEquals(
    redact(
      "abc",
      "abc curl http://abc:abc@abc/abc ftp://:abc@x http://a:abcd@x",
    ),
    "abc curl http://abc:${X}@abc/abc ftp://:${X}@x http://a:abcd@x",
  );
  assertEquals(redact("a@b", "http://u:a@b@x"), "http://u:${X}@x");
});

Deno.test("Secrets.redact() finds the beginning of a secret before an ellipsis, more than once", () => {
  assertEquals(
    redact("s3cret-token", "a s3cr… b s3cret-tok… c s3… d …"),
    "a ${X}… b ${X}… c s3… d …",
  );
});

Deno.test("Secrets.redact() leaves strings alone that have no secret in them", () => {
  const secret = fc.stringMatching(/^[A-Z]{4,9}$/);
  const text = fc.stringMatching(/^[a-z ….:/%]*$/);
  fc.assert(fc.property(secret, text, (secret, text) => {
    assertEquals(redact(secret, text), text);
  }));
});

Deno.test("Secrets.redact() lets no secret through an excerpt, wherever it is in a string", () => {
  const secret = fc.string({ minLength: 4, maxLength: 120 });
  fc.assert(fc.property(fc.string(), secret, fc.string(), (a, secret, b) => {
    // What is left of it on one line must be long enough to be a secret.
    const core = oneLine(secret, Infinity);
    fc.pre(core.length >= 8 && !"${X}…".includes(core));
    const text = redact(secret, excerpt(`${a}|${secret}|${b}`));
    assertFalse(text.includes(JSON.stringify(core).slice(1, -1)), text);
  }));
});

Deno.test("Secrets.redact() finds the password of a secret URL by itself", () => {
  const secret = "postgres://me:p%40ssw0rd@db:5432/shop";
  assertEquals(redact(secret, "p%40ssw0rd, p@ssw0rd"), "${X}, ${X}");
  assertEquals(redact(secret, `no ${secret}`), "no ${X}");
  assertEquals(redact("redis://db", "redis://db x"), "${X} x");
});

Deno.test("Secrets are not shown when they are printed", () => {
  const secrets = new Secrets([["hunter22", "***"]]);
  assertEquals(secrets.redact("hunter22"), "***");
  for (const text of [Deno.inspect(secrets), JSON.stringify(secrets)]) {
    assertFalse(text.includes("hunter22"), text);
  }
  assertFalse(Deno.inspect({ secrets }).includes("hunter22"));
});

Deno.test("Secrets.over() prefers its own replacements, and equals() compares secrets and replacements", () => {
  const some = new Secrets([["hunter22", "***"], ["swordfish", "***"]]);
  const both = new Secrets([["hunter22", "${PW}"]]).over(some);
  assertEquals(both.redact("hunter22 swordfish"), "${PW} ***");
  assertEquals([some.size, both.size], [2, 2]);
  assertFalse(some.equals(both));
  assertFalse(some.equals(new Secrets([["hunter22", "***"]])));
  assert(
    some.equals(new Secrets([["swordfish", "***"], ["hunter22", "***"]])),
  );
});

Deno.test("Secrets.over() keeps the secrets of other copies of the package", () => {
  /** Secrets of another copy, whose private fields cannot be read. */
  const foreign = (secret: string): Secrets => ({
    size: 1,
    redact: (text: string) => text.replaceAll(secret, "***"),
  } as Secrets);
  const first = new Secrets([["hunter22", "${A}"]]).over(foreign("swordfish"));
  const second = new Secrets([["letmein1", "${B}"]]);
  for (
    const all of [
      first.over(second),
      second.over(first),
      first.over(foreign("letmein1")),
    ]
  ) {
    const shown = all.redact("hunter22 swordfish letmein1");
    assertEquals(shown.replace("***", "-").slice(0, 7), "${A} - ");
    assertFalse(shown.includes("letmein1"), shown);
    assertEquals(all.size, 3);
    assert(all.equals(all.over(first)));
  }
  assertFalse(first.equals(first.over(foreign("x"))));
});

Deno.test("Secrets.over() shows a form that two secrets have as these say", () => {
  const token = "abcd+efghijk";
  const own = new Secrets([[token, "***"], ["abcd%2Befghijk", "***"]]);
  const all = new Secrets([[token, "${TOKEN}"]]).over(own);
  assertEquals(all.redact("abcd%2Befghijk"), "${TOKEN}");
});

Deno.test("querySecrets() takes the values of a query by their names, as they are written and as they are read", () => {
  assertEquals(
    new Set(querySecrets("?page=2&api_%6Bey=%61b+%2b&sig=x=y&token&a=b+c")),
    new Set(["%61b+%2b", "ab +", "ab++", "x=y", "token", ""]),
  );
  assertEquals(querySecrets(""), []);
});

/** A string, and what a message may quote of it. */
const QUOTED: readonly (readonly [string, string])[] = [
  ["http://me:hunter22@host:99999/", "http://***@host:99999/"],
  ["htp://me:hunt/er@22@host/", "htp://***@host/"],
  ["a //token@host b //x:y@z", "a //***@host b //***@z"],
  ["http://host/a?b=c&token=hunter22#d", "http://host/a?b=c&token=***#d"],
  ["x?%74oken=hunter22&b", "x?%74oken=***&b"],
  ["http://${U}:${P}@host/?token=${T}", "http://${U}:${P}@host/?token=${T}"],
  ["http://me:${P}@host/", "http://***@host/"],
  ["me@host //x, /a/b", "me@host //x, /a/b"],
  ["me:hunter22@host:80 b:c", "***@host:80 b:c"],
  ["me:hunt:er@22@host", "***@host"],
  ["${U}:${P}@host", "${U}:${P}@host"],
];

for (const [text, expected] of QUOTED) {
  Deno.test(`withoutCredentials() makes ${expected} of ${text}`, () => {
    assertEquals(withoutCredentials(text), expected);
  });
}

Deno.test("withoutCredentials() takes linear time", () => {
  for (const text of ["/", "?", "//@ ", "&a", "${A}"]) {
    withoutCredentials(`//${text.repeat(1_000_000)}`);
    withoutCredentials(`?${text.repeat(1_000_000)}`);
  }
});

Deno.test("urlPasswords() takes all up to the last @ of the authority", () => {
  assertEquals(
    urlPasswords("curl http://me:p%40ss@a/x@y redis://:hunter@22@db /a:b@c"),
    ["p%40ss", "p@ss", "hunter@22", "hunter@22"],
  );
});

Deno.test("likelySecrets() takes values by their names, with and without a scheme", () => {
  const secrets = likelySecrets([
    ["authorization", "Bearer abcdef"],
    ["x-api-key", "123456"],
    ["accept", "text/html"],
  ]);
  assertEquals(
    secrets.redact("Bearer abcdef; abcdef; 123456; text/html"),
    "***; ***; ***; text/html",
  );
});

Deno.test("isSecretName() knows names of secrets, and not those of places", () => {
  const secret =
    "Authorization token api_key API-KEY apikey accessKey KEY DB_PASSWORD PGPASSFILE_PASSWORD DB_PASS PASS PW COOKIE x-auth CLIENT_SECRET SESSION_ID sig TLS_KEY passphrase";
  for (const name of secret.split(" ")) assert(isSecretName(name), name);
  const plain =
    "PORT HOST MONKEY KEYBOARD BYPASS COMPASS URL USER AUTH_PORT AUTH_HOST TOKEN_FILE KEY_PATH SECRET_DIR accept design";
  for (const name of plain.split(" ")) assertFalse(isSecretName(name), name);
});

Deno.test("isSecretValue() knows URLs with passwords, and private keys", () => {
  for (
    const value of [
      "postgres://me:hunter22@db/shop",
      "https://:token@host/",
      "-----BEGIN PRIVATE KEY-----\nMII",
      "-----BEGIN EC PRIVATE KEY-----",
    ]
  ) assert(isSecretValue(value), value);
  for (
    const value of [
      "8080",
      "http://me@db/a:b@c",
      "http://db:80/me:x@y",
      "me:x@db",
      "-----BEGIN CERTIFICATE-----",
    ]
  ) assertFalse(isSecretValue(value), value);
});
