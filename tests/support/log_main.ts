/**
 * Writes to a log of JSON as plugins may, and ends by an error.
 *
 * @module
 */

import { withLog } from "../../src/cli/log.ts";

Deno.exit(
  await withLog("json", "run", async () => {
    console.log("logged", { by: "others" });
    console.warn("warned");
    switch (Deno.args[0]) {
      case "methods":
        console.table([{ a: 1 }]);
        console.dir({ a: 1 });
        console.dirxml({ a: 1 });
        console.count("c");
        console.assert(false, "No");
        console.trace("here");
        console.time("t");
        console.timeLog("t");
        console.timeEnd("t");
        console.timeEnd("none");
        console.group("g\nh");
        console.log("%s");
        console.groupEnd();
        console.clear();
        // A warning about the timer comes in the next tick.
        await new Promise((resolve) => setTimeout(resolve, 0));
        throw new Error("Methods");
      case "throw":
        setTimeout(() => {
          throw new Error("Thrown");
        });
        break;
      case "reject":
        void Promise.reject(new Error("Rejected"));
        break;
      case "callback":
        reportError(new Error("Called back"));
        break;
      case "fail":
        throw new Error("Failed");
    }
    // Far longer than the error needs.
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    return 0;
  }),
);
