/**
 * Mail as others read it.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { Needed } from "./needs.ts";

/** What reads mail. */
export const PARSER: Needed = {
  program: "python3",
  demand: "LIFESIGN_TEST_TOOLS",
};

/** A mail as Python's library reads it. */
export interface ParsedMail {
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** What is not as it should be. */
  readonly defects: readonly string[];
  readonly type: string;
  readonly parts: readonly (readonly [type: string, content: string])[];
  readonly to: readonly (readonly [name: string, address: string])[];
  readonly date: string;
}

/** Reads a mail. */
export async function parsedMail(content: Uint8Array): Promise<ParsedMail> {
  const [mail] = await parsedMails([content]);
  return mail!;
}

/** Reads mails, all of them in one process. */
export async function parsedMails(
  contents: readonly Uint8Array[],
): Promise<ParsedMail[]> {
  const child = new Deno.Command("python3", {
    args: [new URL("mail_parser.py", import.meta.url).pathname],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const encoded = contents.map((content) => content.toBase64());
  await writer.write(new TextEncoder().encode(JSON.stringify(encoded)));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  assert(success, decoder.decode(stderr));
  return JSON.parse(decoder.decode(stdout));
}

/** The values of a header. */
export function header(
  { headers }: ParsedMail,
  name: string,
): readonly string[] {
  return headers.filter(([it]) => it.toLowerCase() === name)
    .map(([, value]) => value);
}
