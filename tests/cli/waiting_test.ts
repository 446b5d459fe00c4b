import { assertEquals } from "@std/assert";
import { DOWN, UP, waitingFor, whyNot } from "../../src/cli/waiting.ts";
import { snapshot } from "./terminal/snapshots.ts";

const up = snapshot({ id: "up" });
const refused = snapshot({
  id: "db",
  status: "unhealthy",
  reason: { code: "refused", message: "db:1 refused the\tconnection" },
});
const untried = snapshot({ id: "web", status: "unknown" });
const slow = snapshot({ id: "slow", status: "degraded" });

Deno.test("waitingFor() names those that are not up, and why", () => {
  assertEquals(
    waitingFor([up, refused, untried, slow], UP, 200),
    "waiting for db (db:1 refused the connection), web (no answer yet)",
  );
});

Deno.test("waitingFor() names those that are not known to be down", () => {
  assertEquals(
    waitingFor([up, refused, untried, slow], DOWN, 200),
    "waiting for up (still up), web (no answer yet), slow (still up)",
  );
});

Deno.test("waitingFor() is at most as wide as asked", () => {
  assertEquals(waitingFor([refused, untried], UP, 20), "waiting for db (db:…");
  assertEquals(waitingFor([refused], UP, 0), "");
});

Deno.test("whyNot() gives the reason of an unknown status", () => {
  const reason = { code: "spawn", message: "x: not found" } as const;
  assertEquals(whyNot({ ...untried, reason }), "x: not found");
});
