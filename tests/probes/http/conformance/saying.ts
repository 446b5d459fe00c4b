import type { Respond } from "./ways.ts";

/** The status line of an answer. */
export const OK = "HTTP/1.1 200 OK\r\n";

/** An answer. */
export const okay: string = `${OK}Content-Length: 2\r\n\r\nok`;

/** The bytes of a string, each a character. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** Sends bytes. */
export async function send(
  conn: Deno.Conn,
  what: string | Uint8Array,
): Promise<void> {
  const bytes = typeof what === "string" ? bytesOf(what) : what;
  for (let sent = 0; sent < bytes.length;) {
    sent += await conn.write(bytes.subarray(sent));
  }
}

/** Sends these bytes, each a character, and closes. */
export function says(...parts: (string | Uint8Array)[]): Respond {
  return async (conn) => {
    for (const part of parts) await send(conn, part);
    conn.close();
  };
}
