import { described, NON_EMPTY_STRING } from "../../schema/values.ts";
import type { Section } from "../section.ts";
import { statePermissions } from "./files.ts";

/** Keeps what is known of the checks in a file, for after a restart. */
export const stateSection: Section<string> = {
  key: "state",
  schema: described(
    { ...NON_EMPTY_STRING, title: "a path" },
    "Where to keep what is known of the checks for after a restart",
  ),
  needs: statePermissions,
  async start(path, { fleet, say }) {
    const { openState } = await import("./open.ts");
    const records = await openState(path, say);
    if (records === null) return undefined;
    const { StateKeeper } = await import("./keeper.ts");
    let keeper: AsyncDisposable | undefined;
    return {
      records,
      begin() {
        keeper = new StateKeeper(fleet, { path, say });
      },
      async close() {
        // The last write has the results of the attempts that were in flight.
        await fleet.close();
        await keeper?.[Symbol.asyncDispose]();
      },
    };
  },
};
