import { assertEquals } from "@std/assert";
import type { Snapshot } from "../../src/core/types.ts";
import { toSnapshotJson } from "../../src/server/snapshot_json.ts";
import { FAIL, PASS } from "../support/probes.ts";
import { snapshotsOf } from "./fleets.ts";

Deno.test("toSnapshotJson() is what JSON makes of a snapshot", async () => {
  const snapshots = await snapshotsOf({
    fresh: {},
    up: { step: PASS, group: "edge" },
    down: { step: FAIL },
  });
  const stale: Snapshot = {
    ...snapshots[0]!,
    nextAt: new Date(1.7e12),
    stale: true,
  };
  const invalid: Snapshot = { ...stale, checkedAt: new Date(NaN) };
  for (const snapshot of [...snapshots, stale, invalid]) {
    assertEquals(
      JSON.stringify(toSnapshotJson(snapshot)),
      JSON.stringify(snapshot),
    );
  }
});
