/**
 * Servers for recipes whose real servers Debian does not have. They read each
 * byte of a request as the document of the protocol says.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Server, tcpServer } from "../support/servers.ts";

/** Reads values, one after the other. */
class Bytes {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #isLittle: boolean;
  #at = 0;

  constructor(bytes: Uint8Array, isLittle: boolean) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#isLittle = isLittle;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  int8(): number {
    return this.#view.getInt8(this.#at++);
  }

  int16(): number {
    return this.#view.getInt16((this.#at += 2) - 2, this.#isLittle);
  }

  int32(): number {
    return this.#view.getInt32((this.#at += 4) - 4, this.#isLittle);
  }

  text(length: number): string {
    const end = this.#at + length;
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return new TextDecoder().decode(part);
  }

  /** A string that ends with a zero. */
  cstring(): string {
    const text = this.text(this.#bytes.indexOf(0, this.#at) - this.#at);
    assertEquals(this.int8(), 0);
    return text;
  }
}

/** Reads so many bytes. */
async function read(conn: Deno.Conn, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count;) {
    const more = await conn.read(bytes.subarray(at));
    if (more === null) throw new Error(`Expected ${count} bytes, got ${at}`);
    at += more;
  }
  return bytes;
}

/** What is wrong with a request is answered, so that a test shows it. */
function answering(
  answer: (conn: Deno.Conn) => Promise<Uint8Array>,
): Server {
  return tcpServer(async (conn) => {
    await conn.write(
      await answer(conn).catch((error) => new TextEncoder().encode(`${error}`)),
    );
  });
}

/**
 * A broker that answers `ApiVersions` with an error code ("Protocol Guide" in
 * Kafka's documentation).
 */
export function kafka(errorCode: number): Server {
  return answering(async (conn) => {
    const size = new Bytes(await read(conn, 4), false).int32();
    const request = new Bytes(await read(conn, size), false);
    assertEquals([request.int16(), request.int16()], [18, 0], "key, version");
    const correlation = request.int32();
    assertEquals(request.text(request.int16()), "lifesign", "client id");
    assertEquals(request.left, 0);
    const answer = new DataView(new ArrayBuffer(4 + 4 + 2 + 4 + 6));
    answer.setInt32(0, answer.byteLength - 4);
    answer.setInt32(4, correlation);
    answer.setInt16(8, errorCode);
    // One key: ApiVersions, in the versions 0 to 4.
    answer.setInt32(10, 1);
    [18, 0, 4].forEach((value, i) => answer.setInt16(14 + 2 * i, value));
    return new Uint8Array(answer.buffer);
  });
}

const OP_MSG = 2013;

/**
 * A server that answers `hello` ("MongoDB Wire Protocol" in its documentation,
 * and the specification of BSON).
 */
export function mongo(hello: Readonly<Record<string, boolean>>): Server {
  return answering(async (conn) => {
    const head = await read(conn, 16);
    const header = new Bytes(head, true);
    const [size, id, to, code] = [0, 0, 0, 0].map(() => header.int32());
    assertEquals([to, code], [0, OP_MSG], "response to, operation");
    const message = new Bytes(await read(conn, size! - 16), true);
    assertEquals([message.int32(), message.int8()], [0, 0], "flags, kind");
    assertEquals(message.int32(), message.left + 4, "size of the document");
    // An integer of 32 bits, then a string and a zero.
    assertEquals([message.int8(), message.cstring()], [0x10, "hello"]);
    assertEquals(message.int32(), 1);
    assertEquals([message.int8(), message.cstring()], [0x02, "$db"]);
    assertEquals([message.int32(), message.cstring()], [6, "admin"]);
    assertEquals([message.int8(), message.left], [0, 0]);

    const elements = Object.entries(hello).map(([name, is]) =>
      `\x08${name}\0${is ? "\x01" : "\0"}`
    );
    const body = new TextEncoder().encode(`${elements.join("")}\0`);
    const answer = new Uint8Array(16 + 4 + 1 + 4 + body.length);
    const view = new DataView(answer.buffer);
    [answer.length, 1, id!, OP_MSG, 0].forEach((value, i) =>
      view.setInt32(4 * i, value, true)
    );
    view.setInt32(21, 4 + body.length, true);
    answer.set(body, 25);
    return answer;
  });
}
