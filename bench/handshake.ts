// The least that a request over TLS takes whose certificate is seen: what
// remains of the time of `lifesign check` is ours. As in lifesign, entropy is
// gathered meanwhile, and the request does not wait for an acknowledgement.
// Arguments: the port, and the file of the certificate authority.

import { gatherEntropy } from "../src/probes/connection/entropy.ts";

const [port, ca] = Deno.args;
const entropy = gatherEntropy();
const { connect } = await import("node:tls");
await entropy;
const socket = connect({
  host: "127.0.0.1",
  servername: "localhost",
  port: Number(port),
  ca: Deno.readTextFileSync(ca!),
});
socket.setNoDelay(true);
socket.on("secureConnect", () => {
  socket.getPeerCertificate(true);
  socket.write(
    "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
  );
});
socket.on("data", () => Deno.exit());
