/**
 * A real mail server, by smtp-server. It prints its port, and each message that it
 * gets, as JSON. Its argument is a `SmtpBehaviour` as JSON.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { SMTPServer } from "smtp-server";
import type { SmtpBehaviour } from "./smtp.ts";

const behaviour: SmtpBehaviour = JSON.parse(Deno.args[0]!);
const { tls, isSecure = false, login, refuses = {}, answer } = behaviour;

/** An error that is sent as this answer, such as `550 No such user`. */
function refusal(answer: string): Error {
  const responseCode = Number(answer.slice(0, 3));
  return Object.assign(new Error(answer.slice(4)), { responseCode });
}

function refusalOf(address: string): Error | null {
  const answer = refuses[address];
  return answer === undefined ? null : refusal(answer);
}

const server = new SMTPServer({
  ...(tls !== undefined && { cert: tls.cert, key: tls.key }),
  secure: isSecure,
  disabledCommands: [
    ...(tls === undefined ? ["STARTTLS"] : []),
    ...(login === undefined ? ["AUTH"] : []),
  ],
  authOptional: login === undefined,
  authMethods: [...login?.methods ?? ["PLAIN", "LOGIN"]],
  allowInsecureAuth: login?.isInsecure ?? false,
  logger: false,
  onAuth({ username, password, validatePassword }, _, callback) {
    const isRight = username === login!.user &&
      (validatePassword === undefined
        ? password === login!.password
        : password === login!.password || validatePassword(login!.password));
    if (isRight) return callback(null, { user: username });
    callback(refusal(login!.answer ?? "535 5.7.8 Authentication failed"));
  },
  onMailFrom({ address }, _, callback) {
    callback(refusalOf(address));
  },
  onRcptTo({ address }, _, callback) {
    callback(refusalOf(address));
  },
  onData(stream, session, callback) {
    const chunks: Uint8Array[] = [];
    stream.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    stream.on("end", () => {
      const { mailFrom, rcptTo } = session.envelope;
      const message = {
        from: mailFrom && mailFrom.address,
        to: rcptTo.map(({ address }) => address),
        content: Buffer.concat(chunks).toString("base64"),
        isSecure: session.secure,
        user: session.user ?? null,
        hello: session.hostNameAppearsAs,
      };
      console.log(`mail ${JSON.stringify(message)}`);
      if (answer === undefined) callback(null, "Taken");
      else if (answer !== "") callback(refusal(answer));
    });
  },
});
server.on("error", (error: Error) => console.error(`error ${error.message}`));
server.listen(0, "127.0.0.1", () => {
  const { port } = server.server.address() as { port: number };
  console.log(`port ${port}`);
});
