// The least that a request over TLS takes whose certificate is seen: what
// remains of the time of `lifesign check` is ours. Arguments: the port, and the
// file of the certificate authority.

import { connect } from "node:tls";

const [port, ca] = Deno.args;
const socket = connect({
  host: "localhost",
  servername: "localhost",
  port: Number(port),
  ca: Deno.readTextFileSync(ca!),
});
socket.on("secureConnect", () => {
  socket.getPeerCertificate(true);
  socket.write(
    "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
  );
});
socket.on("data", () => Deno.exit());
