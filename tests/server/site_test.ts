import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Fleet, OptionError } from "../../mod.ts";
import { type AppOptions, createApp } from "../../src/server/mod.ts";
import { appUrlOf } from "../../src/server/site.ts";

/** Options that are not valid, and why. */
const WRONG: readonly (readonly [AppOptions, string])[] = [
  [
    { logo: "https://example.com/logo.svg" },
    'logo: expected an image as a data: URI, got "https://example.com/logo.svg"',
  ],
  [
    { logo: "data:text/html,<script>" },
    'logo: expected an image as a data: URI, got "data:text/html,<script>"',
  ],
  [
    { logo: `data:image/png;base64,${"A".repeat(50_000)}` },
    "logo: expected at most 50000 characters, got 50022",
  ],
  [
    { url: "status.example.com" },
    'url: expected an absolute URL with http: or https:, got "status.example.com"',
  ],
  [
    { url: "javascript:alert(1)" },
    'url: expected an absolute URL with http: or https:, got "javascript:alert(1)"',
  ],
  [
    { timezone: "Mars/Base" },
    'timezone: expected a time zone such as "Europe/Berlin", got "Mars/Base"',
  ],
];

for (const [options, message] of WRONG) {
  Deno.test(`createApp() refuses ${JSON.stringify(options).slice(0, 60)}`, async () => {
    await using fleet = new Fleet({ background: false });
    assertThrows(() => createApp(fleet, options), OptionError, message);
  });
}

Deno.test("every page has the logo, the title and the description", async () => {
  await using fleet = new Fleet({ background: false });
  const app = createApp(fleet, {
    title: "A & B",
    description: "<all> of it",
    logo: 'data:image/svg+xml,<svg onload="alert(1)"/>',
  });
  for (const path of ["/", "/incidents", "/checks/none"]) {
    const response = await app.request(`${path}?format=html`, {
      headers: { accept: "text/html" },
    });
    assertMatch(
      await response.text(),
      /<img src="data:image\/svg\+xml,&lt;svg onload=&quot;alert\(1\)&quot;\/&gt;" alt="">(?:<a [^>]*>)?A &amp; B(?:<\/a>)?<\/p><p id="about">&lt;all&gt; of it<\/p>/,
      path,
    );
  }
});

Deno.test("appUrlOf() is what the options say, or where the app was asked", () => {
  const asked = "https://x.example/status/public/incidents.atom?a=/b";
  assertEquals(
    appUrlOf({ url: undefined }, asked, 2),
    "https://x.example/status/",
  );
  assertEquals(
    appUrlOf({ url: undefined }, "http://x/incidents.atom", 1),
    "http://x/",
  );
  assertEquals(appUrlOf({ url: "https://y/s/" }, asked, 2), "https://y/s/");
});
