// A target of very many attempts, in a process of its own, that costs little:
// closes each connection, and answers a request of HTTP with 200 before. A request
// of `/count` is answered with how many others there were. Prints its port, and
// serves until its stdin ends.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function answer(body: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(
    `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}

const OK = answer("");
// Several agents begin at the same time, with some hundred attempts each.
const listener = Deno.listen({
  hostname: "0.0.0.0",
  port: 0,
  tcpBacklog: 4096,
});
let count = 0;

async function serve(conn: Deno.Conn): Promise<void> {
  count++;
  try {
    const buffer = new Uint8Array(1024);
    const length = await conn.read(buffer);
    if (length !== null) {
      const isCount = decoder.decode(buffer.subarray(0, 11)) === "GET /count ";
      if (isCount) count--;
      await conn.write(isCount ? answer(String(count)) : OK);
    }
  } catch {
    // The client is gone.
  }
  conn.close();
}

async function accept(): Promise<never> {
  while (true) {
    // A client may be gone before it was accepted.
    const conn = await listener.accept().catch(() => null);
    if (conn !== null) void serve(conn);
  }
}

void accept();
console.log((listener.addr as Deno.NetAddr).port);
for await (const _ of Deno.stdin.readable) { /* until its end */ }
Deno.exit();
