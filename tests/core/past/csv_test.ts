import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { toCsv } from "../../../src/core/past/csv.ts";

/** The cells of CSV, read as RFC 4180 says, character by character. */
function parsed(csv: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let i = 0; i < csv.length; i++) {
    const char = csv[i]!;
    if (isQuoted) {
      if (char !== '"') cell += char;
      else if (csv[i + 1] === '"') cell += csv[++i]!;
      else isQuoted = false;
    } else if (char === '"') isQuoted = true;
    else if (char === "," || char === "\r") {
      row.push(cell);
      cell = "";
      if (char === ",") continue;
      rows.push(row);
      row = [];
      i++;
    } else cell += char;
  }
  return rows;
}

Deno.test("toCsv() quotes what it has to, and ends each row", () => {
  assertEquals(
    toCsv([["a", 1.5, null], ['say "hi"', "x,y", "two\r\nlines"]]),
    'a,1.5,\r\n"say ""hi""","x,y","two\r\nlines"\r\n',
  );
  assertEquals(toCsv([]), "");
});

Deno.test("toCsv() lets no spreadsheet take a string for a formula", () => {
  for (const text of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"]) {
    assertEquals(toCsv([[text]]), `'${text}\r\n`);
  }
  assertEquals(toCsv([["=a,b"]]), `"'=a,b"\r\n`);
  assertEquals(toCsv([[-1, "a=b", "a-1"]]), "-1,a=b,a-1\r\n");
});

Deno.test("toCsv() gives back what was written, for any strings", () => {
  const cell = fc.string({ unit: "grapheme" }).filter((text) =>
    !/^[=+\-@\t\r]/.test(text)
  );
  fc.assert(fc.property(
    fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 5 }),
    (rows) => assertEquals(parsed(toCsv(rows)), rows),
  ));
});
