import { assertEquals } from "@std/assert";
import { LatencyHistogram } from "../../../src/core/past/latency.ts";
import type { Period } from "../../../src/core/past/period.ts";
import { type Report, reportOf } from "../../../src/core/past/report.ts";
import { NO_SPANS } from "../../../src/core/past/uptime.ts";
import { Zone } from "../../../src/io/calendar/zone.ts";
import { toCsv } from "../../../src/cli/report/csv.ts";
import { toJson } from "../../../src/cli/report/json.ts";
import { toMarkdown } from "../../../src/cli/report/markdown.ts";
import { toTable } from "../../../src/cli/report/table.ts";

const UTC = new Zone("UTC");
const HOUR = 3_600_000;
const FROM = Date.UTC(2026, 10, 1);
const TO = FROM + 100 * HOUR;

function period(up: number, down: number, durations: number[]): Period {
  const latency = new LatencyHistogram();
  for (const ms of durations) latency.observe(ms);
  return {
    from: FROM,
    to: TO,
    spans: { ...NO_SPANS, healthy: up * HOUR, unhealthy: down * HOUR },
    counts: { pass: durations.length, warn: 0, fail: 0, error: 0 },
    latency,
  };
}

const reason = { code: "refused", message: "refused" };

const REPORT: Report = reportOf({
  from: FROM,
  to: TO,
  checks: [
    { id: "=web|1\nx", group: "a|b" },
    { id: "new", group: null },
  ],
  totals: new Map([
    ["=web|1\nx", period(97, 1, [10, 10, 10, 400])],
    ["new", period(0, 0, [])],
  ]),
  incidents: [{
    id: "1",
    check: "=web|1\nx",
    began: FROM + HOUR,
    ended: FROM + 2 * HOUR,
    end: "recovered",
    firstReason: reason,
    lastReason: reason,
    muted: null,
  }],
});

Deno.test("the table of a report has a row for each check, group and all checks", async () => {
  assertEquals(
    await toTable(REPORT, UTC),
    `\
2026-11-01 00:00 to 2026-11-05 04:00 UTC

CHECK     UPTIME                 DOWN  INCIDENTS  LONGEST  MTTR  MTBF  P50   P95    P99
=web|1 x  98.97 % of 98 % known  1h    1          1h       1h    4d1h  10ms  407ms  407ms
new       unknown                0     0          -        -     -     -     -      -

GROUP         UPTIME                 DOWN  INCIDENTS  LONGEST  MTTR  MTBF  P50   P95    P99
a|b           98.97 % of 98 % known  1h    1          1h       1h    4d1h  10ms  407ms  407ms
all 2 checks  98.97 % of 49 % known  1h    1          1h       1h    4d1h  10ms  407ms  407ms`,
  );
});

Deno.test("a report of one check without a group has one table", async () => {
  const report = reportOf({
    from: FROM,
    to: TO,
    checks: [{ id: "web", group: null }],
    totals: new Map([["web", period(100, 0, [])]]),
    incidents: [],
  });
  assertEquals((await toTable(report, UTC)).match(/UPTIME/g)?.length, 1);
});

Deno.test("the Markdown of a report escapes what would not be shown as it is", () => {
  const [, , headings, alignment, row, ...rest] = toMarkdown(REPORT, UTC).split(
    "\n",
  );
  assertEquals(
    [headings, alignment, row],
    [
      "| CHECK | UPTIME | DOWN | INCIDENTS | LONGEST | MTTR | MTBF | P50 | P95 | P99 |",
      "| :-- | --: | --: | --: | --: | --: | --: | --: | --: | --: |",
      "| =web\\|1 x | 98.97 % of 98 % known | 1h | 1 | 1h | 1h | 4d1h | 10ms | 407ms | 407ms |",
    ],
  );
  assertEquals(rest.filter((line) => line.startsWith("| a\\|b |")).length, 1);
});

Deno.test("the CSV of a report has full numbers, and no formulas", () => {
  const [headings, web, added, group, all, ...rest] = toCsv(REPORT)
    // One line break is in an id.
    .split("\r\n");
  assertEquals(rest, []);
  const range = "2026-11-01T00:00:00.000Z,2026-11-05T04:00:00.000Z";
  assertEquals(headings!.split(",").length, 24);
  assertEquals(
    web!.startsWith(
      `check,"'=web|1\nx",a|b,1,${range},${
        97 / 98
      },0.97,0.01,0,0,0.02,3600000,1,3600000,3600000,349200000,4,0,0,0,`,
    ),
    true,
    web,
  );
  assertEquals(
    added,
    `check,new,,1,${range},,0,0,0,0,1,0,0,,,,0,0,0,0,,,`,
  );
  assertEquals(group!.startsWith(`group,,a|b,1,${range},`), true, group);
  assertEquals(all!.startsWith(`all,,,2,${range},`), true, all);
  for (const line of [added, group, all]) {
    assertEquals(line!.split(",").length, 24);
  }
});

Deno.test("the JSON of a report has all of its figures", () => {
  const { from, to, checks, groups, all } = JSON.parse(toJson(REPORT));
  assertEquals(
    [from, to],
    ["2026-11-01T00:00:00.000Z", "2026-11-05T04:00:00.000Z"],
  );
  assertEquals(checks, REPORT.checks);
  assertEquals(groups, REPORT.groups);
  assertEquals(all, REPORT.all);
});

Deno.test("a report shows its range in the time zone of the file", async () => {
  const berlin = await toTable(REPORT, new Zone("Europe/Berlin"));
  assertEquals(
    berlin.split("\n")[0],
    "2026-11-01 01:00 to 2026-11-05 05:00 Europe/Berlin",
  );
});
