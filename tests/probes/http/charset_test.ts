import { assertEquals } from "@std/assert";
import { decode } from "../../../src/probes/http/charset.ts";
import { http } from "../../../src/probes/http/http.ts";
import { assertOutcome, assertPass } from "../../support/outcomes.ts";
import { httpServer } from "../../support/servers.ts";

/** The bytes of a string of which each character is one byte. */
function bytes(binary: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(binary, (byte) => byte.charCodeAt(0));
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

const GBK = bytes("\xb7\xfe\xce\xf1\xd5\xfd\xb3\xa3");
const LATIN1 = bytes("caf\xe9 ouvert");

const TABLE: readonly (readonly [
  name: string,
  body: Uint8Array<ArrayBuffer>,
  contentType: string | null,
  text: string,
])[] = [
  ["UTF-8 by default", utf8("café"), null, "café"],
  ["UTF-8 of a type without a charset", utf8("café"), "text/plain", "café"],
  ["GBK", GBK, "text/html; charset=gbk", "服务正常"],
  ["Latin-1", LATIN1, "text/html; charset=ISO-8859-1", "café ouvert"],
  ["a quoted charset", LATIN1, 'text/plain;Charset="latin1"', "café ouvert"],
  [
    "a charset after others",
    LATIN1,
    "text/plain; a=b; charset=latin1; c",
    "café ouvert",
  ],
  [
    "Shift_JIS",
    bytes("\x83e\x83X\x83g"),
    "text/plain; charset=Shift_JIS",
    "テスト",
  ],
  [
    "an unknown charset as UTF-8",
    utf8("café"),
    "text/plain; charset=x-none",
    "café",
  ],
  ["UTF-16 of a charset", bytes("o\0k\0"), "text/plain; charset=utf-16", "ok"],
  ["UTF-16LE by its mark", bytes("\xff\xfeo\0k\0"), "application/json", "ok"],
  ["UTF-16BE by its mark", bytes("\xfe\xff\0o\0k"), null, "ok"],
  [
    "UTF-8 by its mark, whatever the charset",
    utf8("\ufeffcafé"),
    "text/plain; charset=latin1",
    "café",
  ],
  [
    "the charset of a page",
    bytes('<html><meta charset="latin1"><p>\xe9'),
    "text/html",
    '<html><meta charset="latin1"><p>é',
  ],
  [
    "the charset of an old page",
    bytes(
      '<meta http-equiv=Content-Type content="text/html; charset=latin1">\xe9',
    ),
    "text/html",
    '<meta http-equiv=Content-Type content="text/html; charset=latin1">é',
  ],
  [
    "the encoding of XML",
    bytes('<?xml version="1.0" encoding="ISO-8859-1"?><a>\xe9</a>'),
    "application/xml",
    '<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>',
  ],
  [
    "the encoding of XML of another type",
    bytes("<?xml version='1.0' encoding='latin1'?>\xe9"),
    "application/atom+xml",
    "<?xml version='1.0' encoding='latin1'?>é",
  ],
  [
    "the header's charset before the page's",
    utf8('<meta charset="latin1">é'),
    "text/html; charset=utf-8",
    '<meta charset="latin1">é',
  ],
  [
    "a page that says that it is UTF-16 as UTF-8",
    utf8('<meta charset="utf-16">é'),
    "text/html",
    '<meta charset="utf-16">é',
  ],
  [
    "JSON that quotes a page as UTF-8",
    utf8('"<meta charset=latin1>é"'),
    "application/json",
    '"<meta charset=latin1>é"',
  ],
];

for (const [name, body, contentType, text] of TABLE) {
  Deno.test(`decode() reads ${name}`, () => {
    assertEquals(decode(body, contentType), text);
  });
}

Deno.test("decode() leaves out a character that was cut", () => {
  assertEquals(decode(utf8("café").subarray(0, 4), null, true), "caf");
  assertEquals(
    decode(GBK.subarray(0, 3), "text/html; charset=gbk", true),
    "服",
  );
});

Deno.test("decode() is fast on a beginning that almost declares a charset", () => {
  assertEquals(decode(utf8("<meta ".repeat(9999)), "text/html").length, 59994);
});

Deno.test("http() reads a body in the charset that its answer names", async () => {
  await using server = httpServer(() =>
    new Response(GBK, { headers: { "content-type": "text/html; charset=gbk" } })
  );
  const signal = AbortSignal.timeout(10_000);
  assertPass(
    await http(`http://${server.authority}/`, { contains: "服务正常" })(signal),
    {
      httpStatus: 200,
    },
  );
  assertOutcome(
    await http(`http://${server.authority}/`, { contains: "ok" })(signal),
    ["fail", "body"],
    'Expected the body to contain "ok", got "服务正常"',
  );
});
