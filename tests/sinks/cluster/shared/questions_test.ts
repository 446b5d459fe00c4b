import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import { parsePolicy } from "../../../../src/core/policy.ts";
import type { Json } from "../../../../src/core/json.ts";
import type { Link } from "../../../../src/sinks/cluster/link.ts";
import {
  type Place,
  placeOf,
} from "../../../../src/sinks/cluster/shared/place.ts";
import { Questions } from "../../../../src/sinks/cluster/shared/questions.ts";

/** Questions of some agents over one link in memory. */
function questionsOf(owner: string | null) {
  const listeners: ((value: unknown) => void)[] = [];
  const answers = new Map<string, (value: unknown) => Promise<Json>>();
  const asked: unknown[] = [];
  const connection = { isThere: true, made: [] as (() => void)[] };
  const link = {
    subscribe: (_: string, listener: (value: unknown) => void) =>
      void listeners.push(listener),
    publish: (_: string, text: string) => {
      if (!connection.isThere) return false;
      for (const listener of listeners) listener(JSON.parse(text));
      return true;
    },
    onConnected: (listener: () => void) => void connection.made.push(listener),
    answer: (what: string[], answer: (value: unknown) => Promise<Json>) =>
      void answers.set(what.join(), answer),
    request: async (what: string[], value: Json, timeoutMs: number) => {
      asked.push([what.join(), value, timeoutMs]);
      return await answers.get(what.join())?.(value);
    },
  } as unknown as Link;
  const heard: unknown[] = [];
  const tried: Place[] = [];
  const members = new Set(["a", "b"]);
  const agents = ["a", "b"].map((instance) => {
    const questions = new Questions({
      link,
      instance,
      ownerOf: () => owner,
      signal: new AbortController().signal,
    });
    questions.listen(instance, {
      isMember: () => members.has(instance),
      hear: (id, ping) => void heard.push([instance, id, ping]),
      attempt: (place) => {
        tried.push(place);
        return Promise.resolve();
      },
    });
    return questions;
  });
  return {
    a: agents[0]!,
    heard,
    tried,
    members,
    asked,
    listeners,
    answers,
    connection,
  };
}

Deno.test("who runs a check is asked to try it, for as long as that may take", async () => {
  const { a, tried, asked, answers } = questionsOf("b");
  const policy = parsePolicy({ timeout: "7s" });
  await a.attempt(["__proto__", "eu"], policy);
  assertEquals(tried, [["__proto__", "eu"]]);
  assertEquals(asked, [["attempts,b", '["__proto__","eu"]', 9_000]]);
  await a.attempt(["x", null], undefined);
  await questionsOf(null).a.attempt(["x", null], policy);
  assertEquals(asked.length, 1);
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      const before = tried.length;
      assertEquals(await answers.get("attempts,b")!(value), null);
      const isOne = typeof value === "string" && placeOf(value) !== undefined;
      assertEquals(tried.length - before, isOne ? 1 : 0);
    }),
  );
});

Deno.test("who is no member leaves the question to another agent with its id", async () => {
  const { tried, members, answers } = questionsOf("b");
  members.delete("b");
  assertEquals(await answers.get("attempts,b")!('["x"]'), undefined);
  assertEquals(tried, []);
});

Deno.test("a ping is heard by the others once, and not by who sends it", () => {
  const { a, heard, listeners } = questionsOf(null);
  const ping = { signal: "fail", run: "1", output: "no" } as const;
  a.ping("__proto__", ping);
  assertEquals(heard, [["b", "__proto__", ping]]);
  const hear = listeners[1]!;
  for (
    const odd of [
      { signal: "other" },
      { signal: 0.5 },
      { signal: "fail", run: 1 },
      { signal: "fail", run: "x".repeat(101) },
      { signal: "fail", output: "x".repeat(10_001) },
      null,
      "fail",
    ]
  ) hear(["a", odd, "c"]);
  hear([1, ping, "c"]);
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    hear(value);
    hear(["a", value, "c"]);
  }));
  assertEquals(heard.length, 1);
  hear(["a", { signal: 3, more: 1 }, "c"]);
  assertEquals(heard.at(-1), ["b", "a", { signal: 3 }]);
});

Deno.test("pings wait for a connection, the newest ones of many", async () => {
  using time = new FakeTime();
  const { a, heard, connection } = questionsOf("b");
  connection.isThere = false;
  for (let run = 0; run < 1_002; run++) {
    a.ping("job", { signal: "success", run: `${run}` });
  }
  connection.isThere = true;
  for (const made of connection.made) made();
  assertEquals(heard, []);
  await time.tickAsync(3_000);
  const runs = heard.map((each) =>
    (each as [string, string, { run: string }])[2].run
  );
  assertEquals([runs.length, runs[0], runs.at(-1)], [1_000, "2", "1001"]);
  for (const made of connection.made) made();
  await time.tickAsync(3_000);
  assertEquals(heard.length, 1_000);
});
