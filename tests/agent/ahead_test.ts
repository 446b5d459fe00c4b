import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { parseConfig } from "../../src/agent/config.ts";
import type { AgentContext } from "../../src/agent/context.ts";
import { listenSection } from "../../src/agent/listen.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import type { Archive } from "../../src/fleet/past/archive.ts";
import { memoryArchive } from "../support/memory_archive.ts";
import { PASS, scripted } from "../support/probes.ts";
import { advance } from "../support/time.ts";

const NOW = Date.UTC(2026, 10, 27);

Deno.test("an agent reads the days of its page ahead, after it has started", async () => {
  using time = new FakeTime(NOW);
  const asked: (readonly string[])[] = [];
  const known = memoryArchive({ web: {} }, NOW);
  const archive: Archive = {
    ...known,
    periods(checks, ...rest) {
      asked.push(checks);
      return known.periods(checks, ...rest);
    },
  };
  await using fleet = new Fleet({ background: false });
  const start = () =>
    listenSection.start({ hostname: "127.0.0.1", port: 0 }, {
      fleet,
      config: parseConfig("checks: { web: { type: tcp, port: 1 } }", {
        env: () => "token",
      }),
      archive: () => archive,
      notifications: () => undefined,
      cluster: () => undefined,
      beside: () => undefined,
      say() {},
    } as unknown as AgentContext);
  const early = await start();
  early?.begin?.();
  await early?.close?.();
  const section = await start();
  fleet.add(scripted([PASS]), { id: "web" });
  section?.begin?.();
  assertEquals(asked, []);
  while (asked.length === 0) await advance(time, 100);
  assert(Date.now() - NOW >= 1000, `${Date.now() - NOW} ms after the start`);
  await advance(time, 10_000);
  // Not again for the section that has ended.
  assertEquals(asked, [["web"]]);
  await section?.close?.();
});
