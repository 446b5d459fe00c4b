import { assertEquals, assertRejects } from "@std/assert";
import { OwnTls } from "../../../src/probes/connection/own_tls.ts";
import { TlsError } from "../../../src/probes/tls_options.ts";
import { pem } from "../../support/servers.ts";

const { signal } = new AbortController();

Deno.test("certificates and keys that are no files are read once", async () => {
  const none = new OwnTls({});
  assertEquals([none.isReady, await none.take(signal)], [true, {}]);
  const own = new OwnTls(pem);
  assertEquals(own.isReady, false);
  await own.prepare(signal);
  assertEquals(own.isReady, true);
  assertEquals(await own.take(new AbortController().signal), pem);
});

Deno.test("certificates that are not valid are refused each time", async () => {
  const own = new OwnTls({ ca: pem.ca.replaceAll(/^[A-Z].*/gm, "AAAA") });
  for (let i = 0; i < 2; i++) {
    await assertRejects(() => own.prepare(signal), TlsError);
    assertEquals(own.isReady, false);
  }
});

Deno.test("files of certificates are read for each attempt", async () => {
  const ca = await Deno.makeTempFile();
  try {
    const own = new OwnTls({ ca });
    for (const text of [pem.ca, pem.cert]) {
      await Deno.writeTextFile(ca, text);
      const { signal } = new AbortController();
      await own.prepare(signal);
      assertEquals(own.isReady, false);
      assertEquals((await own.take(signal)).ca, text);
    }
  } finally {
    await Deno.remove(ca);
  }
});
