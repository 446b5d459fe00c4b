import { assertEquals } from "@std/assert";
import type { ConfigIssue } from "../../../../src/schema/issue.ts";
import type { Schema } from "../../../../src/schema/schema.ts";
import { validate } from "../../../../src/schema/validate.ts";
import {
  MAILBOX,
  MAILBOXES,
  mailboxesOf,
  mailboxOf,
} from "../../../../src/sinks/notify/mail/mailbox.ts";

function issuesOf(value: unknown, schema: Schema): readonly ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  validate(value, schema, "to", issues);
  return issues;
}

Deno.test("a mailbox has a name and an address", () => {
  const cases = [
    ["me@example.com", "", "me@example.com"],
    ["<me@example.com>", "", "me@example.com"],
    ["Me <me@example.com>", "Me", "me@example.com"],
    ['"Doe, Jane" <jane@example.com>', "Doe, Jane", "jane@example.com"],
    ["Jörg <jörg@bücher.example>", "Jörg", "jörg@bücher.example"],
    ["root@localhost", "", "root@localhost"],
  ] as const;
  for (const [text, name, address] of cases) {
    assertEquals(issuesOf(text, MAILBOX), []);
    assertEquals(mailboxOf(text), { name, address });
  }
  assertEquals(mailboxesOf(undefined), []);
  assertEquals(mailboxesOf("a@b").length, 1);
  assertEquals(mailboxesOf(["a@b", "c@d"]).length, 2);
});

Deno.test("what is no mailbox is refused", () => {
  for (
    const text of [
      "",
      "me",
      "me@",
      "@example.com",
      "a@b.example, c@d.example",
      "a@b.example\r\nBcc: c@d.example",
      "Me\nX: y <me@example.com>",
      "Me <me@example.com> x",
      "<me@example.com",
      "Me me@example.com",
    ]
  ) {
    assertEquals(issuesOf(text, MAILBOX).length, 1, text);
    assertEquals(issuesOf(["a@b.example", text], MAILBOXES).length, 1);
  }
  assertEquals(issuesOf([], MAILBOXES).length, 1);
});
