import { assertEquals } from "@std/assert";
import { matcher } from "../../../../src/cli/terminal/view/filter.ts";
import { snapshot } from "../snapshots.ts";

const CHECKS = [
  snapshot({
    id: "Web",
    group: "edge",
    type: "http",
    target: "https://a.test",
  }),
  snapshot({
    id: "db",
    group: "data",
    target: "10.0.0.7:5432",
    status: "unhealthy",
    reason: { code: "refused", message: "10.0.0.7:5432 refused it" },
  }),
  snapshot({
    id: "queue",
    name: "Work list",
    status: "degraded",
    group: "data",
  }),
  snapshot({ id: "backup", status: "unknown", target: "every 1h" }),
];

const FILTERS: readonly (readonly [string, string])[] = [
  ["", "Web db queue backup"],
  ["  ", "Web db queue backup"],
  ["web", "Web"],
  ["DATA", "db queue"],
  ["http", "Web"],
  [":5432", "db"],
  ["REFUSED", "db"],
  ["data queue", "queue"],
  ["WORK li", "queue"],
  [" queue  data ", "queue"],
  ["data web", ""],
  ["healthy", "Web"],
  ["unhealthy", "db"],
  ["unh", "db"],
  ["down", "db"],
  ["degraded", "queue"],
  ["unknown", "backup"],
  ["unk data", ""],
  // Not the beginning of a status, but letters.
  ["un", ""],
  ["de", ""],
  ["edge\nhttp", "Web"],
];

for (const [filter, ids] of FILTERS) {
  Deno.test(`matcher() finds for ${JSON.stringify(filter)}: ${ids}`, () => {
    const found = CHECKS.filter(matcher(filter)).map(({ id }) => id);
    assertEquals(found.join(" "), ids);
  });
}
