import { assertEquals } from "@std/assert";
import { connect } from "../../../src/probes/connection/connect.ts";
import { closedPort, hang, tcpServer } from "../../support/servers.ts";

const FAMILIES = [undefined, 4] as const;

for (const family of FAMILIES) {
  Deno.test(`connect() leaves nothing open when its signal aborts at any time, by ${family ?? "any"} family`, async () => {
    await using server = tcpServer(hang);
    const to = { hostname: "127.0.0.1", port: server.port };
    // The test fails if a connection is left open.
    for (let round = 0; round < 30; round++) {
      await Promise.all(Array.from({ length: 20 }, async (_, i) => {
        const signal = AbortSignal.timeout(i % 4);
        try {
          using _ = await connect(to, signal, family);
        } catch (error) {
          assertEquals((error as Error).name, "TimeoutError");
        }
      }));
    }
  });

  Deno.test(`connect() rejects with the reason of an aborted signal, by ${family ?? "any"} family`, async () => {
    const to = { hostname: "127.0.0.1", port: closedPort() };
    const reason = new Error("over");
    const signal = AbortSignal.abort(reason);
    const thrown = await connect(to, signal, family).catch((error) => error);
    assertEquals(thrown, reason);
  });
}
