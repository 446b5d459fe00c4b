import { assertEquals } from "@std/assert";
import { Troubles } from "../../../../src/sinks/notify/sending/troubles.ts";

/** What is said of failures, one after the other. */
function saidOf(failures: readonly string[]): string[] {
  const said: string[] = [];
  const troubles = new Troubles((message) => said.push(message));
  for (const why of failures) troubles.say(why);
  return said.map((message) =>
    message.replace("cannot send, trying again: ", "")
  );
}

Deno.test("a failure is said once, whatever else it says each time", () => {
  const cases = [
    ['expected 2xx, got 503: "a"', 'expected 2xx, got 503: "b"'],
    ['exit code 1: "12:03 curl failed"', 'exit code 1: "12:04 no"'],
    [
      "got 429: Too Many Requests: retry after 35",
      "got 429: Too Many Requests: retry after 34",
    ],
    [
      "got 500: request 3f2a-b1 failed at 2026-11-27T12:00:00.123Z",
      "got 500: request 77aa-b2 failed at 2026-11-27T12:00:01.456+01:00",
    ],
  ];
  for (const failures of cases) assertEquals(saidOf(failures).length, 1);
});

Deno.test("each kind of failure is said", () => {
  const failures = [
    "expected 2xx, got 503",
    'expected 2xx, got 502: "a"',
    "got 429: slow down",
    "got 500: slow down",
    "exit code 1",
    'exit code 2: "a"',
    "a.example:443 refused the connection",
    "cannot resolve a.example",
    "no answer within 10s",
  ];
  assertEquals(saidOf([...failures, ...failures]), failures);
});
