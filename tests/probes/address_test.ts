import { assertEquals, assertThrows } from "@std/assert";
import { authority, endpoint } from "../../src/probes/address.ts";

Deno.test("endpoint() reads a host and perhaps a port", () => {
  const table: [string, string, number][] = [
    ["db", "db", 80],
    ["db:5432", "db", 5432],
    ["db.example.com:1", "db.example.com", 1],
    ["my_db-1:65535", "my_db-1", 65535],
    ["10.0.0.7", "10.0.0.7", 80],
    ["10.0.0.7:5432", "10.0.0.7", 5432],
    ["::1", "::1", 80],
    ["[::1]", "::1", 80],
    ["[::1]:443", "::1", 443],
    ["2001:db8::7", "2001:db8::7", 80],
    ["::ffff:10.0.0.7", "::ffff:10.0.0.7", 80],
    ["fe80::1%eth0", "fe80::1%eth0", 80],
    ["[fe80::1%eth0]:22", "fe80::1%eth0", 22],
  ];
  for (const [text, hostname, port] of table) {
    assertEquals(endpoint(text, 80), { hostname, port }, text);
  }
});

Deno.test("endpoint() refuses what cannot be a host", () => {
  const table = [
    "",
    " ",
    "two words",
    "http://db",
    "db/path",
    "user@db",
    "db:",
    "db:http",
    "db:-1",
    ":80",
    "[]",
    "[]:80",
    "[::1",
    "::1]",
    "[::1]x",
    "[::1]:",
    "db?x",
    "db#x",
    "a\\b",
    "x::1",
    "fe80::1%",
    "db!",
    "a*b",
    "50%",
    "{db}",
    '"db"',
  ];
  for (const text of table) {
    assertThrows(
      () => endpoint(text, 80),
      TypeError,
      `Expected a host such as "localhost" or "::1", got ${
        JSON.stringify(text)
      }`,
      text,
    );
  }
});

Deno.test("endpoint() shows no password of what cannot be a host", () => {
  const error = assertThrows(() => endpoint("me:hunter22@db", 80), TypeError);
  assertEquals(
    error.message,
    'Expected a host such as "localhost" or "::1", got "***@db"',
  );
});

Deno.test("endpoint() refuses what cannot be a port", () => {
  for (const text of ["db:0", "db:65536", "[::1]:99999"]) {
    assertThrows(() => endpoint(text, 80), RangeError, "between 1 and 65535");
  }
  for (const port of [0, -1, 65536, 80.5, NaN, Infinity, "80" as never]) {
    assertThrows(
      () => endpoint("db", port),
      RangeError,
      `Expected a port between 1 and 65535, got ${port}`,
    );
  }
});

Deno.test("authority() puts IPv6 in brackets", () => {
  assertEquals(authority({ hostname: "::1", port: 80 }), "[::1]:80");
  assertEquals(authority({ hostname: "db", port: 5432 }), "db:5432");
});

Deno.test("endpoint() says how a variable is written", () => {
  const message =
    'Expected a host such as "localhost" or "::1", got "$HOST"; a variable is written as ${NAME}';
  assertThrows(() => endpoint("$HOST", 80), TypeError, message);
});
