import { assertLess } from "@std/assert";
import { connect } from "../../../src/probes/connection/connect.ts";
import { secure } from "../../../src/probes/connection/tls.ts";
import { patient } from "../../support/outcomes.ts";
import { pem } from "../../support/servers.ts";

/** More than the buffers of the system on both sides. */
const MAX_BYTES = 48e6;

Deno.test("secure() keeps little of what comes while nobody reads it", async () => {
  using listener = Deno.listenTls({ port: 0, hostname: "127.0.0.1", ...pem });
  const { port } = listener.addr as Deno.NetAddr;
  let sent = 0;
  const serving = (async () => {
    const conn = await listener.accept();
    try {
      while (sent < MAX_BYTES) sent += await conn.write(new Uint8Array(65536));
    } catch {
      // The client is gone.
    }
    conn.close();
  })();
  const signal = patient();
  const settings = { peer: "peer", hostname: "127.0.0.1", ca: pem.ca };
  const connection = await connect({ hostname: "127.0.0.1", port }, signal);
  {
    using _ = await secure(connection, settings, signal);
    for (let before = -1; before < sent && sent < MAX_BYTES;) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
  await serving;
  assertLess(sent, MAX_BYTES);
});
