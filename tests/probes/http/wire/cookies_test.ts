import { assert, assertEquals } from "@std/assert";
import { Cookies } from "../../../../src/probes/http/wire/cookies.ts";

const url = new URL("http://shop.example.com/a/b");
const NOW = Date.UTC(2026, 0, 1);

/** The Cookie header after some Set-Cookie headers. */
function sent(
  headers: readonly string[],
  to: string | URL = url,
): string | undefined {
  const cookies = new Cookies();
  for (const header of headers) cookies.set(header, url, NOW);
  return cookies.headerFor(new URL(to), undefined);
}

Deno.test("Cookies keeps the 50 newest cookies, of at most 4096 characters", () => {
  const many = Array.from({ length: 5000 }, (_, i) => `c${i}=${i}; Path=/`);
  const newest = Array.from(
    { length: 50 },
    (_, i) => `c${4950 + i}=${4950 + i}`,
  );
  assertEquals(sent(many), newest.join("; "));
  assertEquals(sent([`a=${"x".repeat(4094)}`])?.length, 4096);
  assertEquals(sent([`a=${"x".repeat(4095)}`]), undefined);
});

Deno.test("Cookies takes none with a control character", () => {
  for (const char of ["\r", "\0", "\x1f", "\x7f"]) {
    assertEquals(sent([`a=b${char}X: y`]), undefined);
    assertEquals(sent([`a${char}=b`]), undefined);
  }
});

Deno.test("Cookies sends none to a host that it is not for", () => {
  const to = (host: string) => `http://${host}/a/`;
  assertEquals(sent(["a=b"], to("shop.example.com")), "a=b");
  for (
    const host of ["example.com", "x.shop.example.com", "evilshop.example.com"]
  ) assertEquals(sent(["a=b"], to(host)), undefined);
  for (
    const domain of ["com", "evil.com", "p.example.com", "hop.example.com"]
  ) {
    assertEquals(sent([`a=b; Domain=${domain}`]), undefined);
  }
  assertEquals(sent(["a=b; Domain=.Example.com"], to("example.com")), "a=b");
  assertEquals(
    sent(["a=b; Domain=example.com"], to("evilexample.com")),
    undefined,
  );
  assertEquals(sent(["a=b; Secure"]), undefined);
});

Deno.test("Cookies takes an address for no domain", () => {
  const cookies = new Cookies();
  for (const host of ["127.0.0.1", "[::1]"]) {
    cookies.set("a=b; Domain=0.0.1", new URL(`http://${host}/`), NOW);
    cookies.set("a=b; Domain=1", new URL(`http://${host}/`), NOW);
  }
  assertEquals(
    cookies.headerFor(new URL("http://127.0.0.1/"), undefined),
    undefined,
  );
  assertEquals(cookies.headerFor(new URL("http://9.0.0.1/"), "c=d"), "c=d");
  assert(cookies.headerFor(new URL("http://[::1]/"), undefined) === undefined);
});
