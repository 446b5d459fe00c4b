import { assertEquals } from "@std/assert";
import { webhook } from "../../src/sinks/notify/receivers/webhook.ts";
import { blocks, readPage } from "../support/docs.ts";
import { letter, told } from "../support/letters.ts";

Deno.test("docs/notifications.md has titles as they are", async () => {
  const page = await readPage("notifications");
  const shown = Array.from(
    page.matchAll(/^\| `([^`…]+)` +\|/gm),
    (it) => it[1],
  );
  const { now } = letter({ event: "test" });
  const minute = 60_000;
  const over = { began: now - 14 * minute, ended: now };
  const because = "gateway";

  const titles = [
    letter({ event: "down", incidents: [told()] }),
    letter({
      event: "reminder",
      incidents: [told({ began: now - 300 * minute })],
    }),
    letter({
      event: "down",
      incidents: ["web", "api", "db"].map((check) => told({ check, because })),
    }),
    letter({
      event: "down",
      incidents: Array.from({ length: 12 }, (_, i) => told({ check: `c${i}` })),
      storm: { down: 12, checks: 20 },
    }),
    letter({ event: "up", incidents: [told({ ...over, end: "recovered" })] }),
    letter({ event: "up", incidents: [told({ ...over, end: "removed" })] }),
  ].map(({ title }) => title);
  assertEquals(shown.filter((it) => / /.test(it!)), titles);
});

Deno.test("docs/notifications.md has the JSON of webhooks as it is sent", async () => {
  const [shown] = await blocks("notifications", "webhook");
  const example = JSON.parse(shown!);
  const [incident] = example.incidents;
  const { id, key, group, type, target, reason } = incident;
  const sent = letter({
    event: "down",
    incidents: [told({ id, key, group, type, target, reason })],
  });
  const [request] = await webhook.toRequests!(sent, { url: "http://hook/" });

  assertEquals(JSON.parse(request!.body), example);
});
