import type { Duplex } from "node:stream";
import type { Connection } from "./connection.ts";
import type { Window } from "./window.ts";

/** A connection as a stream of Node, of which so much is read as a window allows. */
export function duplexOf(
  connection: Connection,
  window: Window,
  Stream: typeof Duplex,
): Duplex {
  const read = async (): Promise<Uint8Array | null> => {
    await window.ready();
    const bytes = await connection.read();
    window.take(bytes?.length ?? 0);
    return bytes;
  };
  return new Stream({
    read() {
      read().then(
        (bytes) => this.push(bytes),
        (error) => this.destroy(error),
      );
    },
    write(bytes: Uint8Array, _encoding, done) {
      connection.write(bytes).then(() => done(), done);
    },
    destroy(error, done) {
      connection.close();
      done(error);
    },
  });
}
