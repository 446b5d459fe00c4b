import { assertEquals } from "@std/assert";
import {
  authority,
  type MailServer,
  SERVER_PATTERN,
  serverOf,
} from "../../../../src/sinks/notify/mail/server.ts";

const CASES: Readonly<Record<string, MailServer>> = {
  "smtp://mail.example": { host: "mail.example", port: 587, isSecure: false },
  "smtp://mail.example/": { host: "mail.example", port: 587, isSecure: false },
  "smtps://mail.example": { host: "mail.example", port: 465, isSecure: true },
  "smtp://127.0.0.1:25": { host: "127.0.0.1", port: 25, isSecure: false },
  "smtp://[::1]:25": { host: "::1", port: 25, isSecure: false },
  "smtp://me:pass@mail.example:2525": {
    host: "mail.example",
    port: 2525,
    isSecure: false,
    login: { user: "me", password: "pass" },
  },
  "smtps://me%40x.example:p%40%2F@mail.example": {
    host: "mail.example",
    port: 465,
    isSecure: true,
    login: { user: "me@x.example", password: "p@/" },
  },
  // As variables may have them.
  "smtp://me@x.example:p@s/s:w#?%rd@mail.example": {
    host: "mail.example",
    port: 587,
    isSecure: false,
    login: { user: "me@x.example", password: "p@s/s:w#?%rd" },
  },
};

Deno.test("the URL of a server says where it is, and who sends", () => {
  for (const [url, server] of Object.entries(CASES)) {
    assertEquals(serverOf(url), server, url);
  }
});

Deno.test("a server is written as its host and port", () => {
  const written = Object.values(CASES).map(authority);
  assertEquals(written.slice(0, 5), [
    "mail.example:587",
    "mail.example:587",
    "mail.example:465",
    "127.0.0.1:25",
    "[::1]:25",
  ]);
});

Deno.test("what is no URL of a server is refused", () => {
  const pattern = new RegExp(SERVER_PATTERN, "u");
  for (
    const url of [
      "mail.example",
      "http://mail.example",
      "smtp://",
      "smtp://me@mail.example",
      "smtp://me:@mail.example",
      "smtp://mail.example:smtp",
      "smtp://mail.example/path",
      "smtp://mail.example?x=1",
      "smtp://mail example",
      "smtp://::1",
    ]
  ) {
    assertEquals(pattern.test(url), false, url);
  }
  for (const url of Object.keys(CASES)) assertEquals(pattern.test(url), true);
});
