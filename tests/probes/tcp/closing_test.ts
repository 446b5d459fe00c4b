import { assertThrows } from "@std/assert";
import { OptionError } from "../../../src/core/option_error.ts";
import { tcp, type TcpOptions } from "../../../src/probes/tcp/tcp.ts";
import { hastyServer } from "../../support/faults.ts";
import { assertOutcome, assertPass, patient } from "../../support/outcomes.ts";
import {
  close,
  hang,
  say,
  sayForEver,
  tcpServer,
} from "../../support/servers.ts";

/** Chance decides how far a connection comes before it is reset. */
const TURNS = 20;

Deno.test("tcp() judges a connection that is closed as one that is reset", async () => {
  await using closing = tcpServer(close);
  await using resetting = await hastyServer();
  for (const server of [closing, resetting]) {
    const probe = (options: Partial<TcpOptions>) =>
      tcp({ port: server.port, ...options })(patient());
    for (let turn = 0; turn < TURNS; turn++) {
      assertPass(await probe({}));
      assertPass(await probe({ send: "x" }));
      assertPass(await probe({ steps: [{ send: "x" }, { send: "y" }] }));
      for (const send of [undefined, "x"]) {
        const options = { ...(send !== undefined && { send }), expect: "y" };
        assertOutcome(
          await probe(options),
          ["fail", "reset"],
          `127.0.0.1:${server.port} closed the connection without an answer`,
        );
      }
      assertOutcome(
        await probe({ staysOpen: "10s" }),
        ["fail", "reset"],
        /^Expected the connection to stay open for 10s, but 127\.0\.0\.1:\d+ closed it after \d+m?s$/,
      );
    }
  }
});

Deno.test("tcp() passes if the connection stays open, whatever is said meanwhile", async () => {
  const staysOpen = 20;
  await using silent = tcpServer(hang);
  assertPass(await tcp({ port: silent.port, staysOpen })(patient()));
  await using endless = tcpServer((conn) => sayForEver(conn, "x".repeat(1024)));
  for (const expect of [undefined, "x"]) {
    const options = { ...(expect !== undefined && { expect }), staysOpen };
    assertPass(await tcp({ port: endless.port, ...options })(patient()));
  }
});

Deno.test("tcp() blames the target that answers and then closes too early", async () => {
  await using server = tcpServer(async (conn) => {
    await say(conn, "220 ready, but");
    conn.close();
  });
  const { port } = server;
  assertPass(await tcp({ port, expect: "220" })(patient()));
  assertOutcome(
    await tcp({ port, expect: "220", staysOpen: "10s" })(patient()),
    ["fail", "reset"],
    /^Expected the connection to stay open for 10s, but /,
  );
});

Deno.test("tcp() leaves nothing behind when it is aborted before the time is up", async () => {
  await using server = tcpServer(hang);
  const controller = new AbortController();
  const attempt = tcp({ port: server.port, staysOpen: "10s" })(
    controller.signal,
  );
  while (server.connections === 0) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  controller.abort();
  assertOutcome(await attempt, ["error", "internal"]);
});

Deno.test("tcp() refuses a time to stay open that is none", () => {
  for (const staysOpen of ["", "5", -1, NaN, "1 day"]) {
    assertThrows(() => tcp({ port: 1, staysOpen }), OptionError, "staysOpen: ");
  }
});
