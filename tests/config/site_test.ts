import { assertEquals } from "@std/assert";
import { ConfigError, parseConfig } from "../../src/agent/config.ts";
import { builtInKinds } from "../../src/probes/built_in.ts";

const kinds = await builtInKinds();

/** The config of a text with a check. */
function configOf(top: string, check = "{ type: tcp, port: 1, group: edge }") {
  return parseConfig(`${top}\nchecks: { a: ${check} }`, { kinds });
}

/** What is wrong with it. */
function issuesOf(top: string, check?: string): string[] {
  try {
    configOf(top, check);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(({ path, message }) => `${path}: ${message}`);
  }
}

Deno.test("parseConfig() reads what the pages are called", () => {
  const { title, description, logo, url, public: page } = configOf(`
title: Shop
description: Our shop, and all that it needs
logo: logo.svg
url: https://status.example.com/shop
public: { path: /customers, title: The shop, groups: [edge] }
`);
  assertEquals([title, description, logo, url], [
    "Shop",
    "Our shop, and all that it needs",
    "logo.svg",
    "https://status.example.com/shop",
  ]);
  assertEquals(page, {
    path: "/customers",
    title: "The shop",
    groups: ["edge"],
  });
  assertEquals({ ...configOf("public: {}").public }, { path: "/public" });
  assertEquals("public" in configOf(""), false);
});

/** What is not valid, and why. */
const WRONG: readonly (readonly [string, string])[] = [
  ['title: ""', 'title: expected a non-empty string, got ""'],
  ["title: [a]", "title: expected a non-empty string, got a list"],
  [
    "logo: https://example.com/logo.svg",
    'logo: expected an image file, or an image as a data: URI, got "https://example.com/logo.svg"',
  ],
  [
    '{ logo: "data:text/html,x"',
    'logo: expected an image file, or an image as a data: URI, got "data:text/html,x"',
  ],
  [
    "logo: data:image/png",
    'logo: expected an image file, or an image as a data: URI, got "data:image/png"',
  ],
  [
    "url: status.example.com",
    'url: expected an absolute URL with http: or https:, got "status.example.com"',
  ],
  [
    "public: /public",
    'public: expected a map such as { path: /public }, got "/public"',
  ],
  [
    "public: { groups: [edge, egde] }",
    'public.groups[1]: there is no check in the group "egde"',
  ],
  [
    "public: { groups: [] }",
    "public.groups: expected a list of groups, got an empty list",
  ],
  [
    "public: { names: x }",
    "public.names: unknown key; expected one of path, title, groups",
  ],
  ...[
    "/",
    "/checks",
    "/checks/a",
    "/badge.svg",
    "/openapi.json",
    "/a/",
    "/:a",
    "/a*",
    "public",
  ]
    .map((path) =>
      [
        `public: { path: ${JSON.stringify(path)} }`,
        `public.path: expected a path such as "/public" that the app does not have yet, got ${
          JSON.stringify(path)
        }`,
      ] as const
    ),
];

for (const [text, issue] of WRONG) {
  Deno.test(`parseConfig() refuses ${text}`, () => {
    assertEquals(issuesOf(text.replace(/^\{ /, "")), [issue]);
  });
}

Deno.test("parseConfig() reads what a check is for people", () => {
  const { checks } = configOf(
    "",
    `{ type: tcp, port: 1, name: The shop, description: Where people buy, link: "mailto:shop@example.com" }`,
  );
  const [{ options }] = checks as [(typeof checks)[number]];
  assertEquals({ ...options }, {
    name: "The shop",
    description: "Where people buy",
    link: "mailto:shop@example.com",
  });
});

Deno.test("parseConfig() leaves the name of dns and tls to these kinds", () => {
  for (
    const check of [
      "{ type: dns, name: shop.example, description: The name }",
      "{ type: tls, host: shop.example, name: www.shop.example, description: The name }",
    ]
  ) {
    const { checks: [spec] } = configOf("", check);
    assertEquals({ ...spec!.options }, { description: "The name" }, check);
  }
});

Deno.test("parseConfig() takes no name in the defaults", () => {
  assertEquals(
    issuesOf("defaults: { link: https://x.example/ }")[0]!.slice(0, 27),
    "defaults.link: unknown key;",
  );
});

for (
  const link of [
    "javascript:alert(1)",
    "JAVASCRIPT:alert(1)",
    "data:text/html,x",
    "//example.com",
    "https://",
    "http://[",
    "example.com",
    "https://a b",
    " https://a",
  ]
) {
  Deno.test(`parseConfig() takes no link to ${link}`, () => {
    assertEquals(
      issuesOf("", `{ type: tcp, port: 1, link: ${JSON.stringify(link)} }`),
      [
        `checks.a.link: expected a link with http:, https: or mailto:, got ${
          JSON.stringify(link)
        }`,
      ],
    );
  });
}
