import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

/** A socket that answers as `respond` says. */
export async function peerOf(
  respond: (socket: Socket, bytes: Uint8Array, port: number) => void,
  address = "127.0.0.1",
): Promise<AsyncDisposable & { readonly port: number }> {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  socket.on("message", (bytes, from) => respond(socket, bytes, from.port));
  socket.bind(0, address);
  await once(socket, "listening");
  return {
    port: socket.address().port,
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, "close");
    },
  };
}
