/**
 * Takes the terminal, and ends without giving it back.
 *
 * @module
 */

import { Screen } from "../../src/cli/terminal/screen.ts";

const screen = new Screen();
await screen.draw(["here"], { columns: 80, rows: 24 });

switch (Deno.args[0]) {
  case "throw":
    setTimeout(() => {
      throw new Error("Thrown");
    });
    break;
  case "reject":
    void Promise.reject(new Error("Rejected"));
    break;
  case "exit":
    Deno.exit(3);
}
