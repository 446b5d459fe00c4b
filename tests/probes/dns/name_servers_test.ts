import { assertEquals } from "@std/assert";
import { dns, type DnsOptions } from "../../../src/probes/dns/dns.ts";
import { assertOutcome, patient } from "../../support/outcomes.ts";
import { testWithNameServer } from "../../support/name_servers.ts";
import { pem } from "../../support/servers.ts";

type Asked = Pick<DnsOptions, "name"> & Partial<DnsOptions>;

/** What passes at each server. */
const RECORDS: readonly Asked[] = [
  { name: "shop.test", expect: "10.0.0.7", ttl: { min: "5m", max: "5m" } },
  { name: "SHOP.test.", record: "AAAA", expect: "fd00:0::7" },
  { name: "shop.test", record: "MX", expect: "10 mail.shop.test." },
  { name: "shop.test", record: "TXT", expect: "v=spf1 -all" },
  { name: "shop.test", record: "CAA", expect: "0 issue ca.test" },
  { name: "www.shop.test", expect: "10.0.0.7" },
  { name: "www.shop.test", record: "CNAME", expect: "shop.test" },
  {
    name: "_sip._tcp.shop.test",
    record: "SRV",
    expect: "1 2 5060 sip.shop.test",
  },
  { name: "none.shop.test", rcode: "NXDOMAIN" },
  { name: "else.test", rcode: "REFUSED" },
];

testWithNameServer("dnsmasq", "dns() asks dnsmasq", async ({ plain }) => {
  const at = { server: "127.0.0.1", port: plain };
  const others: Asked[] = [
    { name: "10.0.0.7", record: "PTR", expect: "shop.test" },
    { name: "fd00::7", record: "PTR", expect: "shop.test" },
  ];
  for (const transport of ["udp", "tcp"] as const) {
    for (const asked of [...RECORDS, ...others]) {
      const { ttl: _, ...options } = asked;
      const { verdict, reason } = await dns({ ...at, ...options, transport })(
        patient(),
      );
      assertEquals([verdict, reason], ["pass", undefined], asked.name);
    }
  }
  assertOutcome(
    await dns({ ...at, name: "shop.test", record: "SRV" })(patient()),
    ["fail", "dns"],
    "Expected a record SRV of shop.test, got none",
  );
});

testWithNameServer(
  "named",
  "dns() asks BIND by each transport",
  async ({ plain, tls, https }) => {
    const others: Asked[] = [
      {
        name: "shop.test",
        record: "SOA",
        expect: "ns.shop.test admin.shop.test 2026112601 3600 600 86400 60",
        authoritative: true,
      },
      { name: "shop.test", record: "NS", expect: "ns.shop.test" },
      {
        name: "shop.test",
        record: "HTTPS",
        expect: "1 . alpn=h2,h3 port=8443",
      },
      { name: "_443._tcp.shop.test", record: "TLSA", expect: "3 1 1 abcd0123" },
      {
        name: "host.shop.test",
        record: "SSHFP",
        expect: `1 1 ${"ab".repeat(20)}`,
      },
      {
        name: "naptr.shop.test",
        record: "NAPTR",
        expect: '1 2 "u" "E2U+sip" "!^.*$!sip:x!" .',
      },
      // More than a datagram has.
      { name: "many.shop.test", expect: ["10.0.1.1", "10.0.1.100"] },
      { name: "broken.test", rcode: "SERVFAIL" },
    ];
    const certificate = { warn: "1h" };
    const ways: Partial<DnsOptions>[] = [
      { server: "127.0.0.1", port: plain },
      { server: "localhost", port: plain },
      { server: "127.0.0.1", port: plain, transport: "tcp" },
      {
        server: "localhost",
        port: tls,
        transport: "tls",
        ca: pem.ca,
        certificate,
      },
      {
        server: "lifesign.test",
        address: `127.0.0.1:${https}`,
        transport: "https",
        ca: pem.ca,
        certificate,
      },
      {
        server: `https://localhost:${https}/dns-query`,
        transport: "https",
        verify: false,
      },
    ];
    for (const way of ways) {
      for (const asked of [...RECORDS, ...others]) {
        const { verdict, reason, detail } = await dns({ ...way, ...asked })(
          patient(),
        );
        const what = `${asked.name} by ${way.transport}`;
        assertEquals([verdict, reason], ["pass", undefined], what);
        assertEquals(
          typeof detail?.certDaysLeft,
          way.transport === "tls" || way.transport === "https"
            ? "number"
            : "undefined",
        );
      }
      const table: [Asked, string][] = [
        [
          { name: "gone.shop.test" },
          "Expected NOERROR for gone.shop.test, got NXDOMAIN: it is an alias of nowhere.shop.test, which does not exist",
        ],
        [
          { name: "empty.shop.test", record: "MX" },
          "Expected a record MX of empty.shop.test, got none: it is an alias of ns.shop.test, which has none",
        ],
      ];
      for (const [asked, message] of table) {
        const outcome = await dns({ ...way, ...asked })(patient());
        assertOutcome(outcome, ["fail", "dns"], message);
      }
    }
  },
);
