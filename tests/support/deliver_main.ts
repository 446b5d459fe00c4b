/**
 * Delivers a letter by the receiver `email`, whose options are its argument as
 * JSON, and prints what came of it.
 *
 * @module
 */

import { email } from "../../src/sinks/notify/receivers/email.ts";
import { LETTERS } from "./letters.ts";

const delivery = await email.deliver!(
  LETTERS.down,
  JSON.parse(Deno.args[0]!),
  {
    signal: AbortSignal.timeout(30_000),
    say: console.error,
    send: () => Promise.reject(new Error("mail is not sent by HTTP")),
  },
);
console.log(JSON.stringify(delivery));
