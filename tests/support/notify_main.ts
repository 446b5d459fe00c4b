/**
 * Prints what services tell systemd on the socket that is its argument, a line
 * each. It needs `--unstable-net`.
 *
 * @module
 */

const socket = Deno.listenDatagram({
  transport: "unixpacket",
  path: Deno.args[0]!,
});
console.log("listening");
for await (const [message] of socket) {
  console.log(new TextDecoder().decode(message));
}
