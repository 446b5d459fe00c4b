import { assertEquals, assertMatch } from "@std/assert";
import { parseTarget } from "../../../src/cli/target.ts";
import { ConfigError, parseConfig } from "../../../src/agent/config.ts";
import { dnsKind } from "../../../src/probes/dns/kind.ts";
import { builtInKinds } from "../../../src/probes/built_in.ts";
import { address, nameServer } from "../../support/name_server.ts";
import { assertOutcome, patient } from "../../support/outcomes.ts";

const kinds = await builtInKinds(["dns"]);

function checksOf(dns: string) {
  return parseConfig(`checks: { a: { type: dns, ${dns} } }`, { kinds }).checks;
}

Deno.test("a config file may have every option of dns checks", async () => {
  await using server = await nameServer({
    udp: ({ reply }) => reply({ answers: [address()] }),
  });
  const base = `name: shop.test, server: 127.0.0.1, port: ${server.port}`;
  for (
    const options of [
      "record: A, transport: udp, rcode: NOERROR, authoritative: false",
      'expect: 10.0.0.7, expect_any: [10.0.0.9, { matches: "^10" }]',
      'not: [{ matches: "^11" }], ttl: { min: 5m, max: 5m }',
    ]
  ) {
    const [check] = checksOf(`${base}, ${options}`);
    assertEquals((await check!.probe(patient())).verdict, "pass", options);
  }
  const [check] = checksOf(`${base}, expect: [{ matches: "^11" }]`);
  assertOutcome(
    await check!.probe(patient()),
    ["fail", "dns"],
    "Expected /^11/u among the records A of shop.test, got 10.0.0.7",
  );
  const [secure] = checksOf(
    "name: shop.test, server: ns.test, transport: tls, address: 127.0.0.1, " +
      "verify: false, certificate: { warn: 21d }",
  );
  assertEquals(secure!.probe.permissions, [
    { name: "net", host: "127.0.0.1:853" },
  ]);
});

Deno.test("a config file names the option that is not valid", () => {
  for (
    const [options, message] of [
      ["name: 10.0.0.7", /checks\.a\.name: expected a name, or record PTR/],
      ["name: x.test, record: ANY", /checks\.a\.record: expected a type/],
      [
        "name: x.test, expect_any: [y]",
        /checks\.a\.expect_any: expected an IPv4 address, got "y"/,
      ],
      ["name: x.test, ttl: { min: 2s, max: 1s }", /checks\.a\.ttl\.min: exp/],
    ] as const
  ) {
    try {
      checksOf(options);
      throw new Error(`Expected a problem with ${options}`);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      assertMatch(error.message, message);
    }
  }
});

Deno.test("a target of dns is written as RFC 4501 has it", () => {
  const rows = [
    ["dns://192.0.2.1/Shop.test", "dns://192.0.2.1/shop.test"],
    ["DNS://ns.test:5300/shop.test?type=mx", undefined],
    ["dns://[::1]/10.0.0.7?type=PTR", undefined],
    ["dns:///shop.test", "dns:///shop.test"],
    ["dns:///a%2Db.test?type=A", "dns:///a-b.test"],
    ["dns:///0%2F25.2.0.192.in-addr.arpa?type=NS", undefined],
    ["dns:///%", "dns:///%25"],
  ] as const;
  for (const [target, expected] of rows) {
    const probe = parseTarget(target, kinds);
    assertEquals(probe.type, "dns");
    if (expected !== undefined) assertEquals(probe.target, expected);
    // What is shown is a target, too.
    assertEquals(parseTarget(probe.target, kinds).target, probe.target);
  }
  for (
    const target of [
      "dns://192.0.2.1",
      "dns://:53/shop.test",
      "dns://192.0.2.1/shop.test?class=CH",
      "dns://192.0.2.1/shop.test?type=ANY",
      "dns://192.0.2.1:0/shop.test",
      "dns://a/b/c",
    ]
  ) {
    let message = "";
    try {
      parseTarget(target, kinds);
    } catch (error) {
      message = (error as Error).message;
    }
    assertMatch(message, /: expected /, target);
  }
  assertEquals(dnsKind.target!.prefixes, ["dns://"]);
});
