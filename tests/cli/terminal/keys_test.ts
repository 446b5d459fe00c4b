import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { KeyParser, pastedText } from "../../../src/cli/terminal/keys.ts";

const encoder = new TextEncoder();

/** The keys of reads that follow each other at once. */
function keysOf(...reads: readonly (string | Uint8Array)[]): string[] {
  const parser = new KeyParser();
  return reads.flatMap((read) =>
    parser.push(typeof read === "string" ? encoder.encode(read) : read, 0)
  );
}

const KEYS: readonly (readonly [string, string, readonly string[]])[] = [
  ["a letter", "q", ["q"]],
  ["Ctrl-C", "\x03", ["\x03"]],
  ["several letters", "abQ", ["a", "b", "Q"]],
  ["Enter and Tab", "\r\t", ["\r", "\t"]],
  ["characters beyond ASCII", "é√😀", ["é", "√", "😀"]],
  ["F1 to F4", "\x1bOP\x1bOQ\x1bOR\x1bOS", [
    "\x1bOP",
    "\x1bOQ",
    "\x1bOR",
    "\x1bOS",
  ]],
  ["F2 with Shift", "\x1b[1;2Q", ["\x1b[1;2Q"]],
  ["F2 with Shift, of old terminals", "\x1bO2Q", ["\x1bO2Q"]],
  ["F2 of rxvt", "\x1b[12~", ["\x1b[12~"]],
  ["F2 of the Linux console", "\x1b[[Bq", ["\x1b[[B", "q"]],
  ["an arrow and a letter", "\x1b[Aq", ["\x1b[A", "q"]],
  ["an arrow of application mode", "\x1bOAq", ["\x1bOA", "q"]],
  ["Shift-Tab", "\x1b[Z", ["\x1b[Z"]],
  ["Alt and a letter", "\x1bq", ["\x1bq"]],
  ["Alt and a character beyond ASCII", "\x1bé", ["\x1bé"]],
  ["Alt and an arrow", "\x1b\x1b[A", ["\x1b[A"]],
  ["a sequence without an end", `\x1b[${"1;".repeat(99)}q`, [
    `\x1b[${"1;".repeat(31)}`,
    ..."1;".repeat(68),
    "q",
  ]],
  ["Ctrl-C within a sequence", "\x1b[1;\x03q", ["\x03", "q"]],
  ["Ctrl-C after Escape", "\x1b\x03", ["\x03"]],
  ["a sequence within another one", "\x1b[1;\x1bOQ", ["\x1bOQ"]],
  ["a click of SGR mode", "\x1b[<0;81;3Mq", ["\x1b[<0;81;3M", "q"]],
  ["a click of X10 mode", "\x1b[M qQq", ["\x1b[M qQ", "q"]],
  ["a focus report", "\x1b[Iq", ["\x1b[I", "q"]],
  ["a paste", "\x1b[200~q\x03\r\x1b[201~a", ["\x1b[200~q\x03\r", "a"]],
  ["a paste with sequences in it", "\x1b[200~a\x1b[Qq\x1b[201~a", [
    "\x1b[200~a",
    "a",
  ]],
  ["an answer about a colour", "\x1b]11;rgb:q/Q/0\x1b\\a", ["a"]],
  ["such an answer that BEL ends", "\x1b]11;q\x07a", ["a"]],
  ["an answer about a setting", "\x1bP1$rq\x1b\\a", ["a"]],
  ["Ctrl-C within an answer", "\x1bP1$\x03q", ["\x03", "q"]],
];

for (const [what, sent, keys] of KEYS) {
  Deno.test(`KeyParser reads ${what}`, () => {
    assertEquals(keysOf(sent), keys);
  });
}

Deno.test("KeyParser gives the same keys however its input is cut into reads", () => {
  const all = encoder.encode(KEYS.map(([, sent]) => sent).join(""));
  const expected = keysOf(all);
  fc.assert(
    fc.property(
      fc.array(fc.nat(all.length), { maxLength: 20 }),
      (cuts) => {
        const ends = [...cuts.sort((a, b) => a - b), all.length];
        const reads = ends.map((end, i) => all.slice(ends[i - 1] ?? 0, end));
        assertEquals(keysOf(...reads), expected);
      },
    ),
  );
  assertEquals(
    keysOf(...Array.from(all, (byte) => new Uint8Array([byte]))),
    expected,
  );
});

/** What was sent when, in milliseconds, and the keys of the last read. */
const TIMES: readonly (readonly [
  string,
  readonly (readonly [number, string])[],
  readonly string[],
])[] = [
  ["F2 in two reads", [[0, "\x1b"], [10, "OQ"]], ["\x1bOQ"]],
  ["Escape and a letter later", [[0, "\x1b"], [1000, "q"]], ["\x1b", "q"]],
  ["half a sequence and a letter later", [[0, "\x1b[1;"], [1000, "q"]], ["q"]],
  ["a slow paste", [[0, "\x1b[200~a"], [500, "q\x1b[201~b"]], [
    "\x1b[200~aq",
    "b",
  ]],
  ["a paste without an end", [[0, "\x1b[200~a"], [5000, "q"]], ["q"]],
  ["half a character", [[0, "é"], [5000, "q"]], ["q"]],
];

for (const [what, reads, keys] of TIMES) {
  Deno.test(`KeyParser waits for the rest of ${what}, but not for ever`, () => {
    const parser = new KeyParser();
    let last: string[] = [];
    for (const [atMs, sent] of reads) {
      last = parser.push(encoder.encode(sent), atMs);
    }
    assertEquals(last, keys);
  });
}

Deno.test("KeyParser gives the Escape key where nothing follows it", () => {
  const parser = new KeyParser();
  assertEquals(parser.push(encoder.encode("a\x1b"), 0), ["a"]);
  assertEquals(parser.isWaiting, true);
  assertEquals(parser.rest(), ["\x1b"]);
  assertEquals(parser.isWaiting, false);
  assertEquals(parser.push(encoder.encode("[A"), 1), ["[", "A"]);
  for (const incomplete of ["\x1b[", "\x1b[200~a\x1b", "\x1b]a\x1b"]) {
    parser.push(encoder.encode(incomplete), 2);
    assertEquals(parser.isWaiting, false, incomplete);
    assertEquals(parser.rest(), []);
  }
});

Deno.test("KeyParser keeps only the beginning of a long paste", () => {
  const [paste, after] = keysOf(`\x1b[200~${"x".repeat(1e5)}\x1b[201~q`);
  assertEquals(pastedText(paste!), "x".repeat(1000));
  assertEquals(after, "q");
  assertEquals(pastedText("q"), undefined);
});
