import type { Schema } from "../../../schema/schema.ts";

/** An address, and perhaps the name of whose it is. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

const ADDRESS = String.raw`[^\s<>@,;:"\(\)\\\p{Cc}]+@[^\s<>@,;:"\(\)\\\p{Cc}]+`;

const FORM = `^(?:${ADDRESS}|([^<>\\p{Cc}]*)<(${ADDRESS})>)$`;

/** A mailbox in a config file. */
export const MAILBOX: Schema = {
  title: 'an address such as "me@example.com" or "Me <me@example.com>"',
  examples: ["me@example.com", "Me <me@example.com>"],
  type: "string",
  pattern: FORM,
};

/** Mailboxes in a config file. */
export const MAILBOXES: Schema = {
  title: "an address or a list of addresses",
  examples: ["team@example.com", ["me@example.com", "you@example.com"]],
  anyOf: [MAILBOX, { type: "array", items: MAILBOX, minItems: 1 }],
};

/** Reads a mailbox that has met the schema. */
export function mailboxOf(text: string): Mailbox {
  const [, name, address] = new RegExp(FORM, "u").exec(text) ?? [];
  return address === undefined
    ? { name: "", address: text }
    : { name: name!.trim().replace(/^"(.*)"$/, "$1"), address };
}

/** Reads one or several mailboxes. */
export function mailboxesOf(
  texts: string | readonly string[] | undefined,
): Mailbox[] {
  return [texts ?? []].flat().map(mailboxOf);
}
