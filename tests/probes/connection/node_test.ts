import { assertEquals, assertRejects } from "@std/assert";
import { connectByNode } from "../../../src/probes/connection/node.ts";
import { closedPort, hang, say, tcpServer } from "../../support/servers.ts";

const HOST = "127.0.0.1";
const decoder = new TextDecoder();

Deno.test("connectByNode() writes, and reads until the peer has ended its side", async () => {
  await using server = tcpServer(async (conn) => {
    const buffer = new Uint8Array(10);
    const length = await conn.read(buffer);
    await say(conn, `got ${decoder.decode(buffer.subarray(0, length ?? 0))}`);
    await conn.closeWrite();
  });
  const { signal } = new AbortController();
  const to = { hostname: HOST, port: server.port };
  using connection = await connectByNode(to, signal);
  await connection.write(new TextEncoder().encode("hello"));
  let text = "";
  for (
    let bytes = await connection.read();
    bytes !== null;
    bytes = await connection.read()
  ) text += decoder.decode(bytes);
  assertEquals(text, "got hello");
  assertEquals(await connection.read(), null);
});

Deno.test("connectByNode() rejects with what node:net says", async () => {
  const { signal } = new AbortController();
  const to = { hostname: HOST, port: closedPort() };
  await assertRejects(() => connectByNode(to, signal), Error, "ECONNREFUSED");
});

Deno.test("connectByNode() ends a read when its signal aborts", async () => {
  await using server = tcpServer(hang);
  const over = new AbortController();
  const to = { hostname: HOST, port: server.port };
  using connection = await connectByNode(to, over.signal);
  const reading = connection.read();
  over.abort();
  await assertRejects(() => reading, Error, "The connection was closed");
  await assertRejects(() => connection.write(new Uint8Array(1)));
});

Deno.test("connectByNode() does not end with a signal that it follows no longer", async () => {
  await using server = tcpServer((conn) => say(conn, "hello"));
  const over = new AbortController();
  const to = { hostname: HOST, port: server.port };
  using connection = await connectByNode(to, over.signal);
  connection.follow(undefined);
  over.abort();
  assertEquals(decoder.decode(await connection.read() ?? undefined), "hello");
});

Deno.test("connectByNode() gives up connecting when its signal aborts", async () => {
  await using server = tcpServer(hang);
  const over = new AbortController();
  const to = { hostname: HOST, port: server.port };
  const connecting = connectByNode(to, over.signal);
  over.abort(new Error("enough"));
  await assertRejects(() => connecting);
});
