import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  escapeEntities,
  escapeMarkdown,
  escapeSlackMarkdown,
  inert,
  plainOf,
} from "../../../../src/sinks/notify/wire/plain.ts";

const PLAIN: readonly (readonly [text: string, plain: string])[] = [
  ["a\r\nb\rc\nd", "a\nb\nc\nd"],
  ["  a\t b  \n\n\n\n c ", "a b\n\nc"],
  ["\0a\x1b[31m\x85b\u2028c", "a [31m b c"],
  ["\u202ea\u202c \u2066b\u2069 \u200fc", "a b c"],
  ["a\ud83d \udc00b", "a b"],
  ["日本 🙂 é", "日本 🙂 é"],
];

for (const [text, plain] of PLAIN) {
  Deno.test(`plainOf() makes ${JSON.stringify(plain)} of ${JSON.stringify(text)}`, () => {
    assertEquals(plainOf({ title: text, text }), {
      title: plain.replace(/\s+/g, " "),
      text: plain,
    });
  });
}

/** A `|` stands for a space without width. */
const INERT: readonly (readonly [text: string, inert: string])[] = [
  ["@here and @channel, @everyone", "@|here and @|channel, @|everyone"],
  [
    ".@here _@here (@here) é@here @@here",
    ".@|here _@|here (@|here) é@|here @|@|here",
  ],
  ["me@shop.example@all at @ 5 @", "me@|shop.example@|all at @ 5 @"],
  ["https://medium.example/@here", "https://medium.example/@|here"],
  [":smile: :+1: :100:", ":|smile: :|+1: :|100:"],
  [
    "00:1b:cd:aa 03:12:45 [2001:db8::5]:443",
    "00:1b:|cd:aa 03:12:45 [2001:db8::5]:443",
  ],
  [
    "[text](http://evil.example) [a] (b)",
    "[text]|(http://evil.example) [a] (b)",
  ],
];

for (const [text, expected] of INERT) {
  Deno.test(`inert() leaves ${JSON.stringify(text)} readable`, () => {
    const parted = expected.replaceAll("|", "\u200b");
    assertEquals(inert({ title: text, text }), { title: parted, text: parted });
  });
}

Deno.test("escapeEntities() escapes what Slack and HTML read", () => {
  assertEquals(
    escapeEntities(`<!here> & "it's" &lt;`),
    `&lt;!here&gt; &amp; "it's" &amp;lt;`,
  );
});

Deno.test("inert() takes little time, whatever a target says", () => {
  const began = performance.now();
  for (
    const part of [":", "g", ":g", "@", "](", "a:", "https://", "#\n", "\\"]
  ) {
    const text = part.repeat(200_000 / part.length);
    const { text: parted } = inert({ title: "", text });
    escapeMarkdown(parted);
    escapeSlackMarkdown(parted);
  }
  // Where it takes quadratic time, it takes minutes.
  assert(performance.now() - began < 30_000);
});

const MARKDOWN: readonly (readonly [
  text: string,
  discord: string,
  others: string,
])[] = [
  [
    "*a* _b_ ~c~ `d` ||e||",
    ...twice("\\*a\\* \\_b\\_ \\~c\\~ \\`d\\` \\|\\|e\\|\\|"),
  ],
  ["\\* \\", ...twice("\\\\\\* \\\\")],
  ["[a] b", ...twice("\\[a] b")],
  ["# a # b\n#c", ...twice("\\# a # b\n\\#c")],
  ["-# a -# b\n- c", ...twice("-\\# a -# b\n- c")],
  ["> a > b", "\\> a > b", "&gt; a > b"],
  [
    "<!here> & <@1>",
    "\\<\u200b!here> & \\<\u200b@1>",
    "&lt;!here> &amp; &lt;@1>",
  ],
  [
    "https://a.example/b_c~d?e=1&f=2 g_h",
    ...twice("https://a.example/b_c~d?e=1&f=2 g\\_h"),
  ],
  ["(http://a.example/b_c)", ...twice("(http://a.example/b_c)")],
  // What is no URL to all of them, and what has marks that nobody needs in one.
  ["xhttp://a_b", ...twice("xhttp://a\\_b")],
  ["http://a_b/**c**", ...twice("http://a_b/\\*\\*c\\*\\*")],
  ["http://a/<b_", "http://a/\\<\u200bb\\_", "http://a/&lt;b\\_"],
];

function twice(text: string): [string, string] {
  return [text, text];
}

for (const [text, discord, others] of MARKDOWN) {
  Deno.test(`${JSON.stringify(text)} is escaped for Markdown`, () => {
    assertEquals(escapeMarkdown(text), discord);
    assertEquals(escapeSlackMarkdown(text), others);
  });
}

Deno.test("what is escaped is never longer than its characters alone", () => {
  const unit = fc.constantFrom(..."ab*_~`|[]<>&#-\\\n:@ 🙂", "http://", "-#");
  for (const escape of [escapeEntities, escapeMarkdown, escapeSlackMarkdown]) {
    fc.assert(fc.property(fc.string({ unit }), (text) => {
      const alone = [...text].reduce((sum, it) => sum + escape(it).length, 0);
      assert(escape(text).length <= alone);
    }));
  }
});
