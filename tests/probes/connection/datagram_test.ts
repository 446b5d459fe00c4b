import { assert, assertEquals, assertRejects } from "@std/assert";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { classify } from "../../../src/probes/classify.ts";
import {
  datagramPermissions,
  type Datagrams,
  openDatagrams,
} from "../../../src/probes/connection/datagram.ts";
import { peerOf } from "../../support/datagram_peer.ts";
import { deadline, patient } from "../../support/outcomes.ts";
import { startScript } from "../../support/program.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The texts of the next datagrams. */
function received(datagrams: Datagrams, count = 1): Promise<string[]> {
  const texts: string[] = [];
  return datagrams.find((bytes) => {
    texts.push(decoder.decode(bytes));
    return texts.length < count ? undefined : texts;
  }, patient());
}

for (
  const [host, at] of [
    ["127.0.0.1", "127.0.0.1"],
    ["::1", "::1"],
    ["0:0::1", "::1"],
    ["::ffff:127.0.0.1", "127.0.0.1"],
  ] as const
) {
  Deno.test(`datagrams go to a peer at ${host} and back`, async () => {
    await using peer = await peerOf(
      (socket, bytes, port) => socket.send(bytes, port, at),
      at,
    );
    const to = { hostname: host, port: peer.port };
    using datagrams = await openDatagrams(to, patient());
    const both = received(datagrams, 2);
    await datagrams.send(encoder.encode("one"));
    await datagrams.send(encoder.encode("two"));
    assertEquals((await both).sort(), ["one", "two"]);
  });
}

Deno.test("datagrams go to the first address of a name, of the family that is asked for", async () => {
  await using peer = await peerOf(
    (socket, bytes, port) => socket.send(bytes, port, "127.0.0.1"),
  );
  const to = { hostname: "localhost", port: peer.port };
  using datagrams = await openDatagrams(to, patient(), 4);
  assertEquals(datagrams.peer, { hostname: "127.0.0.1", port: peer.port });
  await datagrams.send(encoder.encode("hello"));
  assertEquals(await received(datagrams), ["hello"]);
});

Deno.test("datagrams of anybody but the peer are ignored", async () => {
  const other = createSocket("udp4");
  await using peer = await peerOf((socket, _, port) => {
    other.send(
      "forged",
      port,
      "127.0.0.1",
      () => socket.send("true", port, "127.0.0.1"),
    );
  });
  const to = { hostname: "127.0.0.1", port: peer.port };
  using datagrams = await openDatagrams(to, patient());
  await datagrams.send(encoder.encode("hello"));
  assertEquals(await received(datagrams), ["true"]);
  other.close();
  await once(other, "close");
});

Deno.test("datagrams are kept until they are read, a few of them", async () => {
  await using peer = await peerOf((socket, _, port) => {
    for (let i = 0; i < 100; i++) socket.send(`${i}`, port, "127.0.0.1");
  });
  const to = { hostname: "127.0.0.1", port: peer.port };
  using datagrams = await openDatagrams(to, patient());
  await datagrams.send(encoder.encode("hello"));
  const texts = await received(datagrams, 3);
  for (const [i, text] of texts.entries()) assert(Number(text) >= i);
});

Deno.test("a datagram that is found closes the socket at once, with all that came after it", async () => {
  await using peer = await peerOf((socket, _, port) => {
    for (let i = 0; i < 10; i++) socket.send("hello", port, "127.0.0.1");
  });
  const to = { hostname: "127.0.0.1", port: peer.port };
  using datagrams = await openDatagrams(to, patient());
  let reads = 0;
  const found = datagrams.find(() => ++reads, patient());
  await datagrams.send(encoder.encode("hello"));
  assertEquals(await found, 1);
  const again = datagrams.find(() => ++reads, patient());
  await assertRejects(() => again, Error, "The socket is closed");
  assertEquals(reads, 1);
});

Deno.test("what a reader of datagrams throws is what find() rejects with", async () => {
  await using peer = await peerOf(
    (socket, bytes, port) => socket.send(bytes, port, "127.0.0.1"),
  );
  const to = { hostname: "127.0.0.1", port: peer.port };
  using datagrams = await openDatagrams(to, patient());
  const found = datagrams.find(() => {
    throw new Error("no");
  }, patient());
  await Promise.all([
    assertRejects(() => found, Error, "no"),
    datagrams.send(encoder.encode("hello")),
  ]);
});

Deno.test("a datagram that does not come is waited for until the signal aborts", async () => {
  await using peer = await peerOf(() => {});
  const to = { hostname: "127.0.0.1", port: peer.port };
  using datagrams = await openDatagrams(to, patient());
  await datagrams.send(encoder.encode("hello"));
  const controller = new AbortController();
  const finding = datagrams.find((bytes) => bytes, controller.signal);
  controller.abort(deadline());
  const thrown = await finding.catch((error) => error);
  assertEquals(thrown, controller.signal.reason);
});

Deno.test("openDatagrams() rejects with the reason of a signal that has aborted", async () => {
  const reason = new Error("over");
  const to = { hostname: "127.0.0.1", port: 9 };
  const thrown = await openDatagrams(to, AbortSignal.abort(reason))
    .catch((error) => error);
  assertEquals(thrown, reason);
});

Deno.test("send() says that there is no way to the peer", async () => {
  // It is no address of a peer: only a broadcast would go there.
  const to = { hostname: "255.255.255.255", port: 9 };
  using datagrams = await openDatagrams(to, patient());
  const thrown = await assertRejects(() => datagrams.send(new Uint8Array(1)));
  // These tests may not send there, either.
  assertEquals(classify(thrown, "it")?.reason, {
    code: "permission",
    message: "Not allowed by Deno: run with --allow-net=255.255.255.255:9",
  });
  await using script = startScript("tests/support/datagram_main.ts", {
    flags: ["--allow-all"],
    args: ["255.255.255.255"],
  });
  assertEquals(
    await script.line("stdout", /./),
    "fail/unreachable: Cannot send to 255.255.255.255:9: there may be no route to it",
  );
});

Deno.test("a missing permission for datagrams is told with its flag, and the permissions that are told suffice", async () => {
  const rows = [
    ["127.0.0.1", "127.0.0.1:9", "--allow-net=0.0.0.0:0"],
    ["127.0.0.1", "0.0.0.0:0", "--allow-net=127.0.0.1:9"],
    ["::1", "[::1]:9", "--allow-net=[::]:0"],
  ] as const;
  for (const [host, allowed, flag] of rows) {
    await using script = startScript("tests/support/datagram_main.ts", {
      flags: [`--allow-net=${allowed}`],
      args: [host],
    });
    assertEquals(
      await script.line("stdout", /./),
      `error/permission: Not allowed by Deno: run with ${flag}`,
    );
  }
  for (const host of ["127.0.0.1", "::1"]) {
    const hosts = datagramPermissions({ hostname: host, port: 9 })
      .map((permission) => (permission as Deno.NetPermissionDescriptor).host);
    await using script = startScript("tests/support/datagram_main.ts", {
      flags: [`--allow-net=${hosts.join(",")}`],
      args: [host],
    });
    assertEquals(await script.line("stdout", /./), "sent");
  }
  assertEquals(datagramPermissions({ hostname: "db", port: 9 }), [
    { name: "net", host: "db:9" },
    { name: "net" },
  ]);
});
