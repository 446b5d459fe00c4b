import { assert, assertEquals, assertRejects } from "@std/assert";
import { startProgram } from "./program.ts";
import { lockSocket, SOCKET, unixServer } from "./unix_server.ts";

Deno.test("unixServer() waits while another process uses the socket", async () => {
  const marker = await Deno.makeTempFile({ dir: "/tmp" });
  try {
    await using other = startProgram([
      "flock",
      `${SOCKET}.lock`,
      "sh",
      "-c",
      `echo held; sleep 0.5; echo done >${marker}`,
    ]);
    await other.line("stdout", /^held$/);
    await using _server = await unixServer(() => new Response());
    assertEquals(await Deno.readTextFile(marker), "done\n");
  } finally {
    await Deno.remove(marker);
  }
});

Deno.test("lockSocket() fails instead of waiting for its own module", async () => {
  using _lock = await lockSocket();
  const error = await assertRejects(() => lockSocket(), Error);
  assert(error.message.startsWith(SOCKET));
});
