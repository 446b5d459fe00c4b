import { assertEquals } from "@std/assert";
import { Fleet } from "../../../../src/fleet/fleet.ts";
import { Board } from "../../../../src/sinks/cluster/shared/board.ts";
import { PASS, scripted } from "../../../support/probes.ts";
import { HERE, OtherAgent } from "../../../support/sharing.ts";

Deno.test("a board takes no notice of other agents once its fleet is closed", async () => {
  const fleet = new Fleet({ background: false });
  const board = new Board(fleet, HERE, {
    acts: () => true,
    tell() {},
    attempt: () => Promise.resolve(),
    ping() {},
  }, new AbortController().signal);
  fleet.add(scripted([PASS]), { id: "a" });
  const { outcome, state, looker } = new OtherAgent().find(PASS);
  assertEquals(fleet.isHeld("a"), true);
  const closing = fleet.close();
  board.adopt("a", { outcome, state }, looker, true);
  board.hear("a", { signal: "success" });
  board.run("a");
  board.hold("a");
  await closing;
  assertEquals(fleet.get("a")?.attempts, 0);
  assertEquals(board.takeovers, 0);
});
