import { assertEquals } from "@std/assert";
import { Secrets } from "../../../../src/core/secrets.ts";
import {
  hostNeeds,
  isJson,
  isPage,
  jsonOf,
  postJson,
  refusal,
  urlSecrets,
} from "../../../../src/sinks/notify/wire/post.ts";

Deno.test("postJson() makes a header of the user and the password of a URL", () => {
  assertEquals(postJson("https://bücher.example/a?b=c#d", { é: 1 }), {
    url: "https://xn--bcher-kva.example/a?b=c",
    headers: { "content-type": "application/json; charset=utf-8" },
    body: '{"é":1}',
  });
  const { url, headers } = postJson("https://m%C3%A9:p%40%ss@a.example/", {});
  assertEquals(url, "https://a.example/");
  assertEquals(
    new TextDecoder().decode(
      Uint8Array.from(
        atob(headers.authorization!.slice("Basic ".length)),
        (it) => it.charCodeAt(0),
      ),
    ),
    "mé:p@%ss",
  );
});

Deno.test("postJson() sends other headers, which count", () => {
  const { headers } = postJson("https://a:b@c.example/", {}, {
    authorization: "Bearer d",
  });
  assertEquals(headers.authorization, "Bearer d");
});

Deno.test("hostNeeds() has the host and the port", () => {
  const hosts = [
    "https://a.example/b",
    "http://a.example",
    "https://a.example:8443",
    "http://[::1]:80/",
  ].map((url) => hostNeeds(url));
  assertEquals(hosts, [
    [{ name: "net", host: "a.example:443" }],
    [{ name: "net", host: "a.example:80" }],
    [{ name: "net", host: "a.example:8443" }],
    [{ name: "net", host: "[::1]:80" }],
  ]);
});

Deno.test("urlSecrets() hides all of a URL but its host", () => {
  const shown = (url: string, text: string) =>
    new Secrets(urlSecrets(url).map((it) => [it, "***"])).redact(text);
  const url =
    "https://hooks.example:8443/services/T0/B0/abcdefghijklmnop?sig=0123456789abcdef";
  assertEquals(
    shown(url, `error for ${url}`),
    "error for https://hooks.example:8443***",
  );
  assertEquals(
    shown(
      url,
      "no abcdefghijklmnop, nor 0123456789abcdef at hooks.example:8443",
    ),
    "no ***, nor *** at hooks.example:8443",
  );
  assertEquals(
    shown(
      "https://me:pass%20word@a.example/",
      "pass word, pass%20word / a.example",
    ),
    "***, *** / a.example",
  );
  const { headers } = postJson("https://me:pass@a.example/", {});
  assertEquals(
    shown("https://me:pass@a.example/", `got "${headers.authorization}"`),
    'got "Basic ***"',
  );
  assertEquals(
    shown(
      "https://a.example/x?v=1&sig=a%2Bbc&api_key=12345",
      "a+bc a%2Bbc 12345",
    ),
    "*** *** ***",
  );
  assertEquals(urlSecrets("https://a.example"), []);
});

const headers = new Headers();

Deno.test("refusal() tries again what may go better the next time", () => {
  const seen = [400, 404, 408, 410, 425, 429, 500, 503].map((status) => {
    const result = refusal({ status, headers }, "x");
    return result.ok || `${status} ${result.isFinal} ${result.mayHaveArrived}`;
  });
  assertEquals(seen, [
    "400 true false",
    "404 true false",
    "408 false false",
    "410 true false",
    "425 false false",
    "429 false false",
    "500 false true",
    "503 false true",
  ]);
});

Deno.test("refusal() waits as long as it is told, if it is told a time", () => {
  const waits = [1.5, 0.0001, 0, -1, "5", null, NaN].map((seconds) => {
    const result = refusal({ status: 429, headers }, "x", seconds);
    return result.ok ? "ok" : result.retryAfterMs;
  });
  assertEquals(waits, [1500, 1, ...Array(5).fill(undefined)]);
  const byHeader = [["429", "17"], ["429", "soon"], ["400", "17"]].map(
    ([status, wait]) => {
      const result = refusal({
        status: Number(status),
        headers: new Headers({ "retry-after": wait! }),
      }, "x");
      return result.ok ? "ok" : result.retryAfterMs;
    },
  );
  assertEquals(byHeader, [17_000, undefined, undefined]);
});

Deno.test("refusal() says in one line what came back", () => {
  const said = `a\nb\u202e${"x".repeat(1000)}`;
  const result = refusal({ status: 400, headers }, said);
  assertEquals(result.ok || [result.why.length, result.why.slice(0, 14)], [
    300,
    "got 400: a b x",
  ]);
});

Deno.test("a body is JSON, the beginning of it, a page, or none of these", () => {
  const bodies = ['{"a":1}', '{"a":"b', "null", "ok", "", " <p>", "a <b>"];
  const seen = bodies.map((body) => {
    const response = { status: 200, headers, body };
    return [jsonOf(response) !== undefined, isJson(response), isPage(response)];
  });
  assertEquals(seen, [
    [true, true, false],
    [false, true, false],
    [false, false, false],
    [false, false, false],
    [false, false, false],
    [false, false, true],
    [false, false, false],
  ]);
});
