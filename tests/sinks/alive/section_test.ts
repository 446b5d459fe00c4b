import { assertEquals } from "@std/assert";
import { ConfigError, parseConfig } from "../../../src/agent/config.ts";
import { aliveSection } from "../../../src/sinks/alive/section.ts";

/** What a file has made of the key, or what is wrong with it. */
function read(alive: string): unknown {
  const text = `${alive}\nchecks: { a: { type: tcp, port: 1 } }`;
  const env = (name: string): string | undefined =>
    name === "ALIVE_URL" ? "https://hc-ping.com/3f7b9c1e" : undefined;
  try {
    return parseConfig(text, { env }).sections.alive;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(({ path, message }) => `${path}: ${message}`);
  }
}

Deno.test("alive has defaults, and is off without the key", () => {
  assertEquals(read(""), null);
  assertEquals(read('alive: { url: "${ALIVE_URL}" }'), {
    url: "https://hc-ping.com/3f7b9c1e",
    method: "GET",
    everyMs: 60_000,
  });
  assertEquals(
    read(
      "alive: { url: HTTP://kuma:3001/api/push/x, every: 5s, method: POST }",
    ),
    {
      url: "HTTP://kuma:3001/api/push/x",
      method: "POST",
      everyMs: 5000,
    },
  );
});

for (
  const [alive, ...issues] of [
    [
      "{}",
      "alive.url: expected an absolute URL with http: or https:, got nothing",
    ],
    [
      "https://hc-ping.com/3f7b9c1e",
      "alive: expected a map such as { url: https://hc-ping.com/your-uuid }, got a string",
    ],
    [
      "{ url: hc-ping.com/3f7b9c1e }",
      "alive.url: expected an absolute URL with http: or https:, got another string",
    ],
    [
      "{ url: 'http://', every: 4999ms }",
      "alive.url: expected an absolute URL with http: or https:, got another string",
      'alive.every: expected at least 5s, got "4999ms"',
    ],
    [
      "{ url: http://x/, every: 0, method: DELETE, tls: true }",
      'alive.every: expected a duration such as "1m", got 0',
      'alive.method: expected "GET", "HEAD" or "POST", got "DELETE"',
      "alive.tls: unknown key; expected one of url, every, method",
    ],
    [
      "{ url: http://x/, every: 30d }",
      'alive.every: expected at most 24 days, got "30d"',
    ],
  ] as const
) {
  Deno.test(`parseConfig() refuses alive: ${alive}`, () => {
    assertEquals(read(`alive: ${alive}`), issues);
  });
}

Deno.test("alive needs the permission to connect to its host alone", () => {
  const needs = (url: string): unknown =>
    aliveSection.needs!({ url, method: "GET", everyMs: 5000 }, {
      timezone: "UTC",
    });
  for (
    const [url, host] of [
      ["https://hc-ping.com/3f7b9c1e", "hc-ping.com:443"],
      ["http://me:pass@kuma/x?y", "kuma:80"],
      ["https://[::1]:8443/", "[::1]:8443"],
      ["http://bücher.example:8080", "xn--bcher-kva.example:8080"],
    ] as const
  ) {
    assertEquals(needs(url), [{ name: "net", host }]);
  }
  assertEquals(aliveSection.needs!(null, { timezone: "UTC" }), []);
});
