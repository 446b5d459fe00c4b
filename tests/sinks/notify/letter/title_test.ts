import { assert, assertEquals } from "@std/assert";
import type { Message } from "../../../../src/core/notify/message.ts";
import { AT, incidentOf, letterOf, messageOf, overOf } from "./letters.ts";

const HOUR_MS = 3_600_000;

function reason(message: string) {
  return { code: "x", message };
}

const three = ["web", "api", "db"];

const CASES: readonly (readonly [Message, title: string])[] = [
  [
    messageOf("down", [incidentOf()]),
    "DOWN web: 10.0.0.5:443 refused the connection (2 min)",
  ],
  [
    messageOf("down", [incidentOf({ name: "Shop", began: AT - 400 })]),
    "DOWN Shop: 10.0.0.5:443 refused the connection",
  ],
  [
    messageOf("down", [incidentOf({ because: "gateway" })]),
    "DOWN web because of gateway: 10.0.0.5:443 refused the connection (2 min)",
  ],
  [
    messageOf("degraded", [
      incidentOf({
        status: "degraded",
        reason: reason("Expected an answer within 500ms, took 1.2s"),
      }),
    ]),
    "DEGRADED web: Expected an answer within 500ms, took 1.2s (2 min)",
  ],
  [
    messageOf("unknown", [
      incidentOf({
        status: "unknown",
        reason: reason("This process is out of open files"),
      }),
    ]),
    "UNKNOWN web: This process is out of open files (2 min)",
  ],
  [
    messageOf("reminder", [incidentOf({ began: AT - 5.5 * HOUR_MS })]),
    "STILL DOWN web: 10.0.0.5:443 refused the connection (5 h 30 min)",
  ],
  [messageOf("up", [overOf()]), "UP web after 14 min"],
  [
    messageOf("up", [overOf({ status: "degraded" })]),
    "UP web, which was degraded for 14 min",
  ],
  [
    messageOf("up", [overOf({ end: "removed" })]),
    "REMOVED web, which was down for 14 min",
  ],
  [
    messageOf("up", [overOf({ end: "removed", status: "degraded" })]),
    "REMOVED web, which was degraded for 14 min",
  ],
  [
    messageOf("down", three.map((check) => incidentOf({ check }))),
    "3 down: web, api, db",
  ],
  [
    messageOf(
      "down",
      three.map((check) => incidentOf({ check, because: "gateway" })),
    ),
    "3 down: web, api, db (because of gateway)",
  ],
  [
    messageOf("down", [
      ...three.map((check) => incidentOf({ check, because: "gateway" })),
      incidentOf({ check: "gateway", name: "Gateway" }),
    ]),
    "4 down: web, api, db, Gateway",
  ],
  [
    messageOf(
      "down",
      Array.from({ length: 30 }, (_, i) => incidentOf({ check: `shop-${i}` })),
    ),
    "30 down: shop-0, shop-1, shop-2, shop-3, shop-4 and 25 more",
  ],
  [
    messageOf("up", three.map((check) => overOf({ check }))),
    "3 up: web, api, db",
  ],
  [
    messageOf("up", [
      overOf({ check: "web", end: "removed" }),
      overOf({ check: "api" }),
      overOf({ check: "db" }),
    ]),
    "2 up, 1 removed: web, api, db",
  ],
  [
    messageOf("reminder", [
      incidentOf({ check: "web", status: "degraded" }),
      incidentOf({ check: "api" }),
      incidentOf({ check: "db" }),
    ]),
    "2 still down, 1 degraded: web, api, db",
  ],
  [
    messageOf("down", three.map((check) => incidentOf({ check })), {
      storm: { down: 12, checks: 20 },
      held: { since: AT - HOUR_MS, by: "limit", count: 15 },
    }),
    "12 of 20 checks are down: perhaps the network of this agent",
  ],
  [
    messageOf("down", [incidentOf()], {
      held: { since: AT - HOUR_MS, by: "limit", count: 15 },
    }),
    "DOWN web: 10.0.0.5:443 refused the connection (2 min); 14 more began since 03:14, held back by the limit",
  ],
  [
    // What is over already is not down.
    messageOf("down", [incidentOf(), overOf({ check: "api" })], {
      held: { since: AT - HOUR_MS, by: "quiet", count: 2 },
    }),
    "DOWN web: 10.0.0.5:443 refused the connection (2 min); 1 more began since 03:14, held back by quiet hours",
  ],
  [
    messageOf("down", [incidentOf()], {
      held: { since: AT - HOUR_MS, by: "quiet", count: 1 },
    }),
    "DOWN web: 10.0.0.5:443 refused the connection (2 min)",
  ],
  [
    messageOf("up", [], {
      held: { since: AT - 24 * HOUR_MS, by: "quiet", count: 14 },
    }),
    "14 began and ended since 2026-11-26 04:14, held back by quiet hours",
  ],
  [
    // It was held back itself, and began before something was.
    messageOf("up", [overOf({ began: AT - 2 * HOUR_MS })], {
      held: { since: AT - HOUR_MS, by: "quiet", count: 1 },
    }),
    "UP web after 2 h",
  ],
  [messageOf("test", []), "Test of team from lifesign: it works"],
];

Deno.test("a title says what happened to which check", () => {
  for (const [message, title] of CASES) {
    assertEquals(letterOf(message, { notifier: "team" }).title, title);
  }
});

Deno.test("a title does not say an address twice", () => {
  const cases = [
    ["10.0.0.5:443", "10.0.0.5:443 refused the connection", "refused the"],
    ["tcp://10.0.0.5:443", "10.0.0.5:443 refused the connection", "refused"],
    [
      "http://shop.example/a",
      "Cannot resolve shop.example",
      "Cannot resolve it",
    ],
    [
      "db.internal",
      "There is no route to db.internal",
      "There is no route to it",
    ],
    [
      "db.internal:5432",
      "The TLS handshake with db.internal:5432 failed: eof",
      "The TLS handshake with it failed: eof",
    ],
    // What was expected and seen stays as it is.
    [
      "a.example",
      'Expected "a.example", got "b"',
      'Expected "a.example", got "b"',
    ],
    // A name that is a word is no address.
    ["status", "Expected status 200, got 503", "Expected status 200, got 503"],
  ] as const;
  for (const [check, message, said] of cases) {
    const { title } = letterOf(
      messageOf("down", [incidentOf({ check, reason: reason(message) })]),
    );
    assert(title.startsWith(`DOWN ${check}: ${said}`), title);
  }
});

Deno.test("a title names the cause as people call it", () => {
  const message = messageOf(
    "down",
    three.map((check) => incidentOf({ check, because: "gw" })),
  );
  assertEquals(
    letterOf(message, { nameOf: (id) => `Gateway ${id}` }).title,
    "3 down: web, api, db (because of Gateway gw)",
  );
});

Deno.test("a title is one line that shows, whatever a check is called", () => {
  const { title } = letterOf(messageOf("down", [
    incidentOf({
      name: `evil\r\nBcc: x@example.com\u202e${"😀".repeat(200)}`,
      reason: reason(`a\nb\ud83d${"😀".repeat(500)}`),
    }),
  ]));
  assert(title.length <= 200, `${title.length}`);
  assert(title.isWellFormed());
  // deno-lint-ignore no-control-regex
  assert(!/[\0-\x1f\u202e]/.test(title), title);
  assert(title.startsWith("DOWN evil Bcc: x@example.com 😀"), title);
});

/** Usual reasons, and what of each has to be seen at once. */
const USUAL: readonly (readonly [reason: string, seen: string])[] = [
  ["127.0.0.1:5432 refused the connection", "refused the connection"],
  ["postgres.internal:5432 refused the connection", "refused"],
  ["Timed out after 5s while waiting for the answer", "Timed out after 5s"],
  ["Expected status 200-299, got 503", "got 503"],
  ["Cannot resolve shop.internal.example", "Cannot resolve shop.internal"],
  ["There is no route to 10.0.0.5:443", "no route to 10.0.0.5:443"],
  ["10.0.0.5:443 closed the connection without a full answer", "closed the"],
  [
    "The certificate is not trusted: it was issued by an unknown authority",
    "The certificate is not trusted",
  ],
  ["10.0.0.5:443 does not speak TLS", "does not speak TLS"],
  ["Expected exit code 0, got 3: No space left on device", "got 3: No space"],
  [
    "Expected a ping at 2026-11-27 01:30 or up to 10m later, the last one came at 2026-11-27 01:00 (Europe/Berlin)",
    "Expected a ping at 2026-11-27 01:30",
  ],
  [
    "The certificate is not for ::1, but for localhost, 127.0.0.1",
    "The certificate is not for ::1",
  ],
  ["Expected NOERROR for shop.test, got NXDOMAIN", "NOERROR for shop.test"],
  ["Expected an answer of gw.example, got none to 3 packets", "got none"],
  ["Expected SERVING, got status 16 UNAUTHENTICATED", "status 16"],
  ["Took 2.1s, more than 1s", "Took 2.1s"],
  ["Not allowed by Deno: run with --allow-net=10.0.0.5:443", "--allow-net"],
  ['Expected "ok" in the body, got "maintenance"', 'Expected "ok"'],
];

Deno.test("the first 60 characters of a title say what happened", () => {
  for (const [message, seen] of USUAL) {
    for (const event of ["down", "reminder"] as const) {
      const { title } = letterOf(
        messageOf(event, [
          incidentOf({ check: "shop", reason: reason(message) }),
        ]),
      );
      const first = title.slice(0, 60);
      assert(first.includes("DOWN shop: "), title);
      assert(first.includes(seen), title);
    }
  }
  for (const [message] of CASES) {
    const { title } = letterOf(message, { notifier: "team" });
    const what = /^[^:]+(?:: [^(;]+)?/.exec(title)![0].trim();
    assert(what.length <= 72, title);
  }
});
