import { http } from "../../../../src/probes/http/http.ts";
import {
  assertOutcome,
  attempted,
  patient,
} from "../../../support/outcomes.ts";
import { rawHttpServer, say } from "../../../support/servers.ts";

Deno.test("http() blames a proxy that sends a body instead of a tunnel", async () => {
  await using proxy = rawHttpServer(async (conn) => {
    await say(conn, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    conn.close();
  });
  const probe = http("https://shop.invalid/", {
    proxy: `http://${proxy.authority}`,
  });
  assertOutcome(
    await probe(patient()),
    ["error", "protocol"],
    `The proxy ${proxy.authority} opened no tunnel to shop.invalid:443: it sent a body`,
  );
});

Deno.test("http() blames a proxy that ends the connection in the answer about a tunnel", async () => {
  await using proxy = rawHttpServer(async (conn) => {
    await say(conn, "HTTP/1.1 200 OK\r\n");
    conn.close();
  });
  const probe = http("https://shop.invalid/", {
    proxy: `http://${proxy.authority}`,
  });
  assertOutcome(
    await probe(patient()),
    ["error", "reset"],
    `The proxy ${proxy.authority} closed the connection without a full answer`,
  );
});

Deno.test("http() blames a proxy for a body that is cut", async () => {
  await using proxy = rawHttpServer(async (conn) => {
    await say(conn, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello");
    conn.close();
  });
  const probe = http("http://shop.invalid/", {
    proxy: `http://${proxy.authority}`,
    matches: "hello",
  });
  assertOutcome(
    await probe(patient()),
    ["error", "reset"],
    `The proxy ${proxy.authority} closed the connection without a full answer`,
  );
});

Deno.test("http() shows no credentials of a proxy that repeats them", async () => {
  await using proxy = rawHttpServer(async (conn, head) => {
    const [, sent] = /^proxy-authorization: (.*)$/im.exec(head) ?? [];
    await say(conn, `HTTP/1.1 200 OK\r\n\r\nYou sent ${sent?.trim()}`);
    conn.close();
  });
  const probe = http("http://shop.invalid/", {
    proxy: `http://me:secret%21@${proxy.authority}`,
    matches: "^hello",
  });
  assertOutcome(
    await attempted(probe),
    ["fail", "body"],
    'Expected the body to match /^hello/u, got "You sent ***"',
  );
});
