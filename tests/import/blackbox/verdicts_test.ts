import { assertEquals } from "@std/assert";
import { parseConfig } from "../../../src/agent/config.ts";
import { importTexts } from "../../support/imports.ts";
import { patient } from "../../support/outcomes.ts";
import { httpServer, tcpServer } from "../../support/servers.ts";

/** The probe of the only target by a module. */
async function probeOf(module: Record<string, unknown>, target: string) {
  const { text, warnings } = await importTexts("blackbox", [
    JSON.stringify({ modules: { m: module } }),
    JSON.stringify({
      scrape_configs: [{
        job_name: "a",
        metrics_path: "/probe",
        params: { module: ["m"], target: [target] },
        static_configs: [{ targets: ["exporter:9115"] }],
      }],
    }),
  ]);
  assertEquals(warnings, []);
  return parseConfig(text!).checks[0]!.probe;
}

/** Options for HTTP, a body, and whether blackbox_exporter succeeds. */
const ROWS: readonly (readonly [Record<string, unknown>, string, boolean])[] = [
  [{}, "", true],
  [{ valid_status_codes: [204] }, "", false],
  [{ fail_if_body_matches_regexp: ["down", "fail"] }, "all up", true],
  [{ fail_if_body_matches_regexp: ["down", "fail"] }, "a failure", false],
  [{ fail_if_body_matches_regexp: ["up$"] }, "up\n", true],
  [{ fail_if_body_not_matches_regexp: ["(?i)UP", "ok"] }, "up, ok", true],
  [{ fail_if_body_not_matches_regexp: ["(?i)UP", "ok"] }, "up", false],
  [{ fail_if_body_not_matches_regexp: ["ok$"] }, "ok\n", false],
  [{ fail_if_body_not_matches_regexp: ["ok$"] }, "ok", true],
  [{ fail_if_body_not_matches_regexp: ['{"a":1}'] }, '{"a":1}', true],
  [{ fail_if_header_matches: [{ header: "X-A", regexp: "b" }] }, "", false],
  [{ fail_if_header_matches: [{ header: "X-A", regexp: "c" }] }, "", true],
  [{ fail_if_header_matches: [{ header: "X-B", regexp: "c" }] }, "", false],
  [
    {
      fail_if_header_matches: [{
        header: "X-B",
        regexp: "c",
        allow_missing: true,
      }],
    },
    "",
    true,
  ],
  [
    { fail_if_header_not_matches: [{ header: "X-A", regexp: "^b$" }] },
    "",
    true,
  ],
  [{ fail_if_header_not_matches: [{ header: "x-a", regexp: "c" }] }, "", false],
  [{ fail_if_header_not_matches: [{ header: "X-B", regexp: "c" }] }, "", false],
  [{ fail_if_body_json_not_matches_cel: "body.n > 1" }, '{"n":2}', true],
  [{ fail_if_body_json_not_matches_cel: "body.n > 1" }, '{"n":1}', false],
  [{ fail_if_body_json_matches_cel: "body.n > 1" }, '{"n":1}', true],
  [{ fail_if_body_json_matches_cel: "body.n > 1" }, "no JSON", false],
];

for (const [http, body, passes] of ROWS) {
  Deno.test(`import blackbox makes a check of ${JSON.stringify(http)} that says ${passes} of ${JSON.stringify(body)}`, async () => {
    await using server = httpServer(() =>
      new Response(body, { headers: { "x-a": "b" } })
    );
    const target = `http://127.0.0.1:${server.port}/`;
    const probe = await probeOf({ prober: "http", http }, target);
    const { verdict, reason } = await probe(patient());
    assertEquals(verdict, passes ? "pass" : "fail", reason?.message);
  });
}

Deno.test("import blackbox holds the dialogue that the exporter holds", async () => {
  let heard = "";
  await using server = tcpServer(async (conn) => {
    const encoder = new TextEncoder();
    await conn.write(encoder.encode("hello\r\n220 mail.example ready\r\n"));
    const buffer = new Uint8Array(100);
    const length = await conn.read(buffer) ?? 0;
    heard = new TextDecoder().decode(buffer.subarray(0, length));
    await conn.write(encoder.encode("250 ok\r\n"));
  });
  const module = (last: string) => ({
    prober: "tcp",
    tcp: {
      query_response: [
        { expect: "^220 ([^ ]+) ", send: "EHLO ${1}" },
        { expect: last },
      ],
    },
  });
  const target = `127.0.0.1:${server.port}`;
  const right = await probeOf(module("^250 ok$"), target);
  assertEquals((await right(patient())).verdict, "pass");
  assertEquals(heard, "EHLO mail.example\n");
  const wrong = await probeOf(module("^251 "), target);
  assertEquals((await wrong(AbortSignal.timeout(1000))).verdict, "fail");
});
