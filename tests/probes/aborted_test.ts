import { assertEquals } from "@std/assert";
import type { Probe } from "../../src/core/types.ts";
import { command } from "../../src/probes/command/command.ts";
import { http } from "../../src/probes/http/http.ts";
import { tcp } from "../../src/probes/tcp/tcp.ts";
import { assertOutcome, deadline, patient } from "../support/outcomes.ts";
import { hang, httpServer, tcpServer } from "../support/servers.ts";

/** A probe, and how often its target has seen an attempt. */
interface Case extends AsyncDisposable {
  readonly probe: Probe;
  readonly attempts: () => number;
}

function overHttp(isDirect: boolean): Case {
  const server = httpServer(() => new Response());
  const options = isDirect ? { address: server.authority } : {};
  return {
    probe: http(`http://${server.authority}/`, options),
    attempts: () => server.connections,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const CASES: Readonly<Record<string, () => Case | Promise<Case>>> = {
  "tcp()": () => {
    const server = tcpServer(hang);
    return {
      probe: tcp({ port: server.port }),
      attempts: () => server.connections,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
  "http()": () => overHttp(false),
  "http() with an address": () => overHttp(true),
  "command()": async () => {
    const folder = await Deno.makeTempDir({ dir: "/tmp" });
    return {
      probe: command("mktemp ./XXXXXX", { cwd: folder }),
      attempts: () => [...Deno.readDirSync(folder)].length,
      [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
    };
  },
};

for (const [name, make] of Object.entries(CASES)) {
  Deno.test(`${name} does not start if its signal has aborted before`, async () => {
    await using it = await make();
    const { probe, attempts } = it;
    assertOutcome(
      await probe(AbortSignal.abort(deadline())),
      ["fail", "timeout"],
      "Timed out",
    );
    assertOutcome(
      await probe(AbortSignal.abort()),
      ["error", "internal"],
      "The attempt was aborted",
    );
    // An attempt that comes late would be counted, too.
    assertEquals((await probe(patient())).verdict, "pass");
    assertEquals(attempts(), 1);
  });
}
