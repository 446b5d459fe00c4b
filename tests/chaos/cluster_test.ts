import { assertEquals } from "@std/assert";
import { testWith } from "../support/needs.ts";
import { NATS } from "../support/nats.ts";
import { runScript } from "../support/program.ts";

testWith(NATS, {
  name:
    "agents keep their promises while one is stopped, NATS restarts and the teller is killed",
  async fn() {
    const { code, stdout, stderr } = await runScript("tests/chaos/cluster.ts", {
      flags: ["-A"],
      args: [
        ["--agents", "3"],
        ["--checks", "60"],
        ["--interval", "1"],
        ["--seconds", "4"],
        ["--long", "5"],
        ["--faults", "stop,nats,teller"],
        // Others may use the machine.
        ["--lenient", "4"],
      ].flat(),
    });
    assertEquals(code, 0, `${stdout}\n${stderr}`);
  },
});
