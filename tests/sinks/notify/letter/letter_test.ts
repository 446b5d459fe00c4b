import { assert, assertEquals } from "@std/assert";
import { AT, incidentOf, letterOf, messageOf, overOf } from "./letters.ts";

const HOUR_MS = 3_600_000;

Deno.test("the text of one incident has all that is known of it", () => {
  const letter = letterOf(messageOf("down", [
    incidentOf({
      name: "Shop",
      because: "gateway",
      link: "https://wiki.example/shop",
      firstReason: { code: "timeout", message: "Timed out after 5s" },
    }),
  ]));
  assertEquals(
    letter.text,
    `Check: web
Target: 10.0.0.5:443 (tcp)
Group: edge
Since: 04:12 Europe/Berlin (2 min)
First: Timed out after 5s
Now: 10.0.0.5:443 refused the connection
Because of: gateway
More: https://wiki.example/shop
Page: https://status.example/checks/web`,
  );
  assertEquals(letter.url, "https://status.example/checks/web");
  const [incident] = letter.incidents;
  assertEquals(incident?.since, "04:12 Europe/Berlin");
  assertEquals(incident?.durationMs, 120_000);
});

Deno.test("the text of what is over says from when to when it lasted", () => {
  const letter = letterOf(
    messageOf("up", [
      overOf({ group: null, began: AT - 5 * HOUR_MS, ended: AT }),
    ]),
  );
  assertEquals(
    letter.text,
    `Target: 10.0.0.5:443 (tcp)
Down: 2026-11-26 23:14 to 04:14 Europe/Berlin (5 h)
Reason: 10.0.0.5:443 refused the connection
Page: https://status.example/checks/web`,
  );
});

Deno.test("several incidents have a line each, twenty at most", () => {
  const { text, url } = letterOf(messageOf(
    "down",
    Array.from({ length: 22 }, (_, i) => incidentOf({ check: `c${i}` })),
  ));
  const lines = text.split("\n");
  assertEquals(
    lines[0],
    "c0: 10.0.0.5:443 refused the connection (since 04:12, 2 min)",
  );
  assert(lines[19]?.startsWith("c19: "));
  assertEquals(lines.slice(20), [
    "and 2 more",
    "",
    "Time zone: Europe/Berlin",
    "Page: https://status.example/",
  ]);
  assertEquals(url, "https://status.example/");
});

Deno.test("lines say what became of a check if not all are the same", () => {
  const { text } = letterOf(messageOf("up", [
    overOf({ check: "web", end: "removed" }),
    overOf({ check: "api", because: "gateway" }),
  ]));
  assertEquals(text.split("\n").slice(0, 2), [
    "web: removed: 10.0.0.5:443 refused the connection (04:00 to 04:14, 14 min)",
    "api: up again: 10.0.0.5:443 refused the connection (04:00 to 04:14, 14 min, because of gateway)",
  ]);
});

Deno.test("the text says what was held back, and what will be", () => {
  const { text } = letterOf(messageOf("down", [incidentOf()], {
    storm: { down: 12, checks: 20 },
    held: { since: AT - HOUR_MS, by: "limit", count: 15 },
    limitedUntil: AT + HOUR_MS,
  }));
  assertEquals(
    text.split("\n\n")[0],
    `More than half of all checks failed at about the same time: look at the network of this agent first.
15 incidents began since 03:14 Europe/Berlin and were held back by the limit. Those that last are told now.
The limit of messages is reached: what happens until 05:14 Europe/Berlin is told then.`,
  );
});

Deno.test("a letter that is sent late says so, and counts up to when it was made", () => {
  const message = messageOf("down", [incidentOf()]);
  const letter = letterOf(message, { now: AT + 3 * HOUR_MS });
  assertEquals(letter.title, letterOf(message).title);
  assert(
    letter.text.startsWith(
      "This was to be sent at 04:14 Europe/Berlin, and could not be before.\n",
    ),
    letter.text,
  );
});

Deno.test("what began after its message was made has lasted until it is sent", () => {
  const began = AT + HOUR_MS;
  const message = messageOf("down", [
    incidentOf(),
    incidentOf({ check: "api", began }),
  ]);
  const { incidents, text } = letterOf(message, { now: began + 120_000 });
  assertEquals(incidents.map((it) => it.durationMs), [120_000, 120_000]);
  assert(text.includes("(since 05:14, 2 min)"), text);
});

Deno.test("a letter without a known site has no links to it", () => {
  const letter = letterOf(messageOf("down", [incidentOf()]), {
    siteUrl: undefined,
  });
  assertEquals(letter.url, null);
  assertEquals(letter.incidents[0]?.url, null);
  assert(!letter.text.includes("Page"));
});

Deno.test("a check that was removed has no page any more", () => {
  const letter = letterOf(messageOf("up", [overOf({ end: "removed" })]));
  assertEquals(letter.incidents[0]?.url, null);
  assertEquals(letter.url, "https://status.example/");
});

Deno.test("links keep the path of the site and the id of a check whole", () => {
  const letter = letterOf(
    messageOf("down", [incidentOf({ check: "a/b?c 😀 (*)" })]),
    { siteUrl: "https://example.com/status" },
  );
  assertEquals(
    letter.url,
    "https://example.com/status/checks/a%2Fb%3Fc%20%F0%9F%98%80%20%28%2A%29",
  );
});

Deno.test("a test says that messages arrive", () => {
  const letter = letterOf(messageOf("test", []));
  assertEquals(letter.title, "Test from lifesign: it works");
  assertEquals(
    letter.text,
    "If you can read this, messages arrive.\n\nPage: https://status.example/",
  );
});

Deno.test("the HTML of a letter escapes everything, and loads and runs nothing", () => {
  const evil = `<img src=x onerror="alert('1')">&amp;`;
  const message = { code: "x", message: evil };
  for (const checks of [[evil], [evil, `b${evil}`]]) {
    const letter = letterOf(
      messageOf(
        "down",
        checks.map((check) =>
          incidentOf({
            check,
            name: evil,
            group: evil,
            type: evil,
            target: evil,
            because: evil,
            reason: message,
            link: `https://x.example/"onmouseover="alert(1)`,
          })
        ),
      ),
      { agent: evil, siteUrl: `https://x.example/"onclick="` },
    );
    const html = letter.html();
    assert(!/<(?:img|script|link|iframe|form)/i.test(html), html);
    for (const [tag] of html.matchAll(/<[a-z][^>]*>/g)) {
      assert(
        !/\son\w+=|javascript:|url\(/i.test(tag.replace(/"[^"]*"/g, "")),
        tag,
      );
    }
    assert(
      html.includes(
        "&lt;img src=x onerror=&quot;alert('1')&quot;&gt;&amp;amp;",
      ),
    );
  }
});

Deno.test("some incidents alone are in words that concern them alone", () => {
  const incidents = [incidentOf(), incidentOf({ check: "api" })];
  const part = letterOf(messageOf("down", incidents, {
    storm: { down: 12, checks: 20 },
    held: { since: AT - HOUR_MS, by: "limit", count: 15 },
  })).only(({ check }) => check === "api");
  assertEquals(
    part.title,
    "DOWN api: 10.0.0.5:443 refused the connection (2 min)",
  );
  assertEquals(part.url, "https://status.example/checks/api");
  assertEquals(part, {
    ...letterOf(messageOf("down", incidents.slice(1))),
    html: part.html,
    only: part.only,
  });
});

Deno.test("a page whose URL receivers would refuse is that of all checks", () => {
  const check = "語".repeat(250);
  const letter = letterOf(messageOf("down", [incidentOf({ check })]));
  assertEquals(letter.url, "https://status.example/");
  assertEquals(letter.incidents[0]?.url, null);
  assert(letter.text.endsWith("\nPage: https://status.example/"));
});
