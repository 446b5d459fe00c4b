import { assertEquals } from "@std/assert";
import { log } from "../../../../src/sinks/notify/receivers/log.ts";
import type { Letter } from "../../../../src/sinks/notify/receiver.ts";
import { HOSTILE, letter, LETTERS, told } from "../../../support/letters.ts";

async function said(letter: Letter): Promise<unknown[]> {
  const said: unknown[] = [];
  const delivery = await log.deliver!(letter, {}, {
    signal: new AbortController().signal,
    say: (...args) => said.push(...args),
    send: () => Promise.reject(new Error("nothing is sent")),
  });
  assertEquals(delivery, { ok: true, answer: "logged" });
  return said;
}

Deno.test("a log says the title, as important as its event is", async () => {
  const levels = {
    down: "error",
    degraded: "warn",
    unknown: "warn",
    reminder: "error",
    recovered: "info",
    removed: "info",
    test: "info",
    storm: "error",
  } as const;
  for (const [name, level] of Object.entries(levels)) {
    const of = LETTERS[name as keyof typeof levels];
    assertEquals(await said(of), [of.title, level], name);
  }
  const incidents = [told({ status: "degraded" })];
  const [, level] = await said(letter({ event: "reminder", incidents }));
  assertEquals(level, "warn");
});

Deno.test("a log says one line, whatever is in it", async () => {
  const incidents = [told({ name: HOSTILE })];
  const [title] = await said(letter({ event: "down", incidents }));
  assertEquals(String(title).match(/[\p{Cc}\u202e]/gu), null);
});
