import { assertEquals } from "@std/assert";
import { serve } from "../../src/agent/serve.ts";
import { readHead, say } from "../support/servers.ts";

const TEXT = "x".repeat(5000);

/** Answers of known and of unknown length, and whether GET has the header. */
const ANSWERS: readonly (readonly [string, () => Response, string | null])[] = [
  [
    "of a length that it names",
    () => new Response(null, { headers: { "content-length": "5000" } }),
    "5000",
  ],
  ["of an unknown length", () => new Response(null), null],
  ["with a stream", () => new Response(new Response(TEXT).body), null],
];

for (const [what, respond, length] of ANSWERS) {
  Deno.test(`serve() answers HEAD with an answer ${what}`, async () => {
    const address = { hostname: "127.0.0.1", port: 0 };
    const server = serve(respond, address, () => {});
    const { port } = new URL(server.url);
    {
      using connection = await Deno.connect({ port: Number(port) });
      await say(
        connection,
        "HEAD / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
      );
      const head = await readHead(connection);
      const [, found = null] = /^content-length: (.*)\r$/m.exec(head) ?? [];
      assertEquals([head.slice(0, 15), found], ["HTTP/1.1 200 OK", length]);
      assertEquals(head.endsWith("\r\n\r\n"), true);
    }
    await server.close();
  });
}
