import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  type CheckRange,
  type Events,
  EventWriter,
  readEvents,
} from "../../../src/sinks/history/events.ts";

const CHECK = fc.nat({ max: 2 ** 29 - 1 });
const AT = fc.integer({ min: -864e13, max: 864e13 });
const CODE = fc.nat({ max: 2 ** 16 - 1 });
const REASON = fc.record({ code: fc.string(), message: fc.string() }, {
  noNullPrototype: true,
});
const EVENT = fc.oneof(
  fc.tuple(
    fc.constant("attempt" as const),
    CHECK,
    CODE,
    AT,
    fc.option(REASON, { nil: undefined }),
  ),
  fc.tuple(fc.constant("status" as const), CHECK, fc.nat({ max: 4 }), AT),
  fc.tuple(fc.constant("maintenance" as const), CHECK, fc.boolean(), AT),
  fc.tuple(fc.constant("session" as const), AT),
  fc.tuple(fc.constant("reset" as const), CHECK, AT),
);

/** What a list of events says, as it was written. */
function read({ bytes, reasons }: Events, range?: CheckRange): unknown[] {
  const events: unknown[] = [];
  readEvents(bytes, {
    attempt: (check, code, at, reason) =>
      events.push([
        "attempt",
        check,
        code,
        at,
        reason === undefined ? undefined : reasons[reason],
      ]),
    status: (...event) => events.push(["status", ...event]),
    maintenance: (...event) => events.push(["maintenance", ...event]),
    session: (at) => events.push(["session", at]),
    reset: (check) => events.push(["reset", check]),
  }, range);
  return events;
}

Deno.test("readEvents() reads what an EventWriter wrote", () => {
  const writer = new EventWriter();
  fc.assert(fc.property(fc.array(EVENT), (events) => {
    for (const event of events) {
      const [type, ...values] = event;
      (writer[type] as (...values: unknown[]) => void)(...values);
    }
    const expected = events.map(([type, ...values]) =>
      type === "reset" ? [type, values[0]] : [type, ...values]
    );
    assertEquals(read(writer.take()), expected);
    assertEquals(read(writer.take()), []);
  }));
});

Deno.test("readEvents() skips the checks that are not in a range", () => {
  const writer = new EventWriter();
  const number = fc.nat({ max: 20 });
  fc.assert(fc.property(fc.array(EVENT), number, number, (events, ...range) => {
    const few = events.map((event) =>
      event.with(1, event[0] === "session" ? event[1] : Number(event[1]) % 20)
    ) as typeof events;
    for (const [type, ...values] of few) {
      (writer[type] as (...values: unknown[]) => void)(...values);
    }
    const [first, last] = range;
    const all = writer.take();
    const expected = read(all).filter((event) => {
      const [type, check] = event as [string, number];
      return type === "session" || check >= first && check <= last;
    });
    assertEquals(read(all, { first, last }), expected);
  }));
});

Deno.test("an EventWriter takes as many events as there are", () => {
  const writer = new EventWriter();
  for (let i = 1; i <= 100_000; i++) writer.status(i, i % 5, i * 1000);
  const events = read(writer.take());
  assertEquals(events.length, 100_000);
  assertEquals(events[99_998], ["status", 99_999, 4, 99_999_000]);
});

Deno.test("an EventWriter writes a reason that attempts share once", () => {
  const writer = new EventWriter();
  const reason = { code: "refused", message: "no" };
  for (let i = 0; i < 10; i++) writer.attempt(1, 2, i, { ...reason });
  assertEquals(writer.take().reasons, [reason]);
});

Deno.test("readEvents() takes nothing that was cut off or is none", () => {
  const writer = new EventWriter();
  writer.status(1, 2, 3);
  const { bytes } = writer.take();
  const damaged = bytes.with(3, bytes[3]! | 7) as Events["bytes"];
  const other = { first: 2, last: 3 };
  for (const range of [undefined, other]) {
    assertThrows(
      () => read({ bytes: bytes.slice(0, -1), reasons: [] }, range),
      RangeError,
    );
    assertThrows(
      () => read({ bytes: damaged, reasons: [] }, range),
      TypeError,
      "Expected an event, got one of kind 7",
    );
  }
});
