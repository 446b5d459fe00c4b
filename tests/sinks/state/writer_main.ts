/**
 * Writes states of so many checks as fast as it can, for its writer to be
 * killed; of one check it keeps the state as the agent does.
 *
 * @module
 */

import { probe } from "../../../src/probes/probe.ts";
import { stateFiles } from "../../../src/sinks/state/files.ts";
import { replaceFile } from "../../../src/io/write_file.ts";
import { Fleet } from "../../../src/fleet/fleet.ts";
import { toPieces } from "../../../src/sinks/state/format.ts";
import { StateKeeper } from "../../../src/sinks/state/keeper.ts";

const [path = "", count = "1"] = Deno.args;
const fleet = new Fleet({ background: false });
for (let i = 0; i < Number(count); i++) {
  fleet.add(probe(() => Promise.resolve({ verdict: "pass" })), { id: `c${i}` });
}
if (count === "1") {
  await fleet.attemptAll();
  new StateKeeper(fleet, { path, say: console.error });
  await new Promise(() => setInterval(() => {}, 1000));
}
while (true) {
  await fleet.attemptAll();
  const records = fleet.list().map(({ id }) => fleet.record(id)!);
  await replaceFile(stateFiles(path), toPieces(records));
  console.log("written");
}
