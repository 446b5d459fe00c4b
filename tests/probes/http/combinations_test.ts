import { assertEquals, assertThrows } from "@std/assert";
import { OptionError } from "../../../src/core/option_error.ts";
import { loadAssertions } from "../../../src/probes/http/assert/assertions.ts";
import { http } from "../../../src/probes/http/http.ts";
import type { HttpOptions } from "../../../src/probes/http/options.ts";
import { httpServer, pem } from "../../support/servers.ts";
import { assertOutcome, assertPass, patient } from "../../support/outcomes.ts";

const URL = "http://shop.example/";
const SECURE = "https://shop.example/";
const FINGERPRINT = `sha256:${"ab".repeat(32)}`;

const TLS =
  "expected a URL with https:, a proxy with https: or redirect: follow with it";
const HEAD = "cannot be used with HEAD";

/** Options that cannot be combined, and what is said of them. */
const REFUSED: readonly (readonly [string, HttpOptions, string])[] = [
  [URL, { ca: pem.ca }, `ca: ${TLS}`],
  [URL, { cert: pem.cert, key: pem.key }, `cert: ${TLS}`],
  [URL, { verify: false }, `verify: ${TLS}`],
  [URL, { verify: true }, `verify: ${TLS}`],
  [URL, { fingerprint: FINGERPRINT }, `fingerprint: ${TLS}`],
  [URL, { verify: false, unix: "/s" }, `verify: ${TLS}`],
  [URL, { verify: false, proxy: "http://p/" }, `verify: ${TLS}`],
  [URL, { verify: false, redirect: "manual" }, `verify: ${TLS}`],
  [URL, { family: 4, unix: "/s" }, "family: cannot be used with unix"],
  [
    "http://127.0.0.1/",
    { family: 6 },
    "family: expected 4 with the address 127.0.0.1, got 6",
  ],
  [
    "http://0x7f.1/",
    { family: 6 },
    "family: expected 4 with the address 127.0.0.1, got 6",
  ],
  [
    "http://[::1]:80/",
    { family: 4 },
    "family: expected 6 with the address ::1, got 4",
  ],
  [
    URL,
    { family: 4, address: "[::1]:80" },
    "family: expected 6 with the address ::1, got 4",
  ],
  [
    URL,
    { family: 6, proxy: "http://10.0.0.1:3128" },
    "family: expected 4 with the address 10.0.0.1, got 6",
  ],
  [
    URL,
    { addresses: "all", keepAlive: true },
    "keepAlive: cannot be used with addresses: all",
  ],
  [URL, { method: "HEAD", contains: "" }, `contains: ${HEAD}`],
  [URL, { method: "head", containsNot: "x" }, `containsNot: ${HEAD}`],
  [URL, { method: "HEAD", matches: "x" }, `matches: ${HEAD}`],
  [URL, { method: "HEAD", matchesNot: /x/ }, `matchesNot: ${HEAD}`],
  [URL, { method: "HEAD", json: {} }, `json: ${HEAD}`],
  [URL, { method: "HEAD", health: true }, `health: ${HEAD}`],
];

Deno.test("http() refuses options that have no effect together", () => {
  for (const [url, options, message] of REFUSED) {
    const error = assertThrows(() => http(url, options), OptionError);
    assertEquals(error.message, message);
  }
});

/** Options that look like those. */
const TAKEN: readonly (readonly [string, HttpOptions])[] = [
  [SECURE, { verify: true, fingerprint: FINGERPRINT }],
  [SECURE, { ca: pem.ca, unix: "/s" }],
  [URL, { ca: pem.ca, redirect: "follow" }],
  [URL, { verify: false, proxy: "HTTPS://p/" }],
  [URL, { family: 6 }],
  [URL, { family: 6, address: "::1" }],
  ["http://127.0.0.1/", { family: 6, address: "db" }],
  ["http://127.0.0.1/", { family: 4 }],
  ["http://[::1]/", { family: 6, proxy: "http://p/" }],
  [URL, { addresses: "all", keepAlive: false }],
  [URL, { addresses: "any", keepAlive: true }],
  [URL, { method: "HEAD", health: false, maxBody: 1, status: 404 }],
];

Deno.test("http() takes options that have an effect", () => {
  for (const [url, options] of TAKEN) http(url, options);
});

Deno.test("http() refuses an assertion on the body of an answer to HEAD", async () => {
  await loadAssertions();
  const make = (...assert: string[]) => http(URL, { method: "HEAD", assert });
  const table = { "body.up": "body", 'text == ""': "text" };
  for (const [expression, name] of Object.entries(table)) {
    const error = assertThrows(
      () => make("status == 200", `status == 204 || ${expression}`),
      OptionError,
    );
    assertEquals(error.message, `assert[1]: cannot use ${name} with HEAD`);
  }
  make(
    '"text" in headers',
    'headers["body"] != ""',
    'duration < duration("1s")',
  );
});

Deno.test("http() asserts what HEAD tells", async () => {
  await using server = httpServer(() =>
    new Response(null, { headers: { "x-text": "body" } })
  );
  const ask = (assert: string) =>
    http(`http://${server.authority}/`, { method: "HEAD", assert: [assert] })(
      patient(),
    );
  assertPass(await ask('headers["x-text"] == "body"'), { httpStatus: 200 });
  assertOutcome(
    await ask('headers["x-text"] == "text"'),
    ["fail", "header"],
    'Expected headers["x-text"] == "text", got "body"',
  );
});
