import { assert, assertEquals, assertThrows } from "@std/assert";
import packet from "dns-packet";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import {
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import { createServer as createHttps } from "node:https";
import { OptionError } from "../../../src/core/option_error.ts";
import { dns, type DnsOptions } from "../../../src/probes/dns/dns.ts";
import { resolversFrom } from "../../../src/probes/dns/resolvers.ts";
import {
  address,
  answering,
  answerTo,
  decoded,
  nameServer,
  type Sent,
} from "../../support/name_server.ts";
import { assertOutcome, attempted, patient } from "../../support/outcomes.ts";
import { pem } from "../../support/servers.ts";
import { runScript } from "../../support/program.ts";
import { silentDnsObstacle } from "../../support/silent_dns.ts";

/** What comes of one attempt at a server that answers so. */
async function attempt(sent: Sent, options: Partial<DnsOptions> = {}) {
  await using server = await nameServer({
    udp: ({ reply }) => reply(sent),
  });
  const { port } = server;
  const base = { name: "shop.test", server: "127.0.0.1", port };
  const { detail, ...outcome } = await dns({ ...base, ...options })(patient());
  const { lookupMs, ...rest } = detail ?? {};
  assert(typeof lookupMs === "number" && lookupMs > 0);
  return { ...outcome, detail: rest };
}

const ALIAS = { name: "shop.test", type: "CNAME", ttl: 30, data: "a.test" };

Deno.test("dns() passes if there are records, with what was found", async () => {
  const answers = [address("10.0.0.8", 60), address("10.0.0.7", 120)];
  assertEquals(await attempt({ answers }), {
    verdict: "pass",
    detail: {
      rcode: "NOERROR",
      answerRecords: 2,
      answers: "10.0.0.7, 10.0.0.8",
      ttl: 60,
    },
  });
  // Through an alias, whose TTL counts, too.
  const aliased = [{ ...address(), name: "A.test" }, ALIAS];
  const { detail } = await attempt({ answers: aliased });
  assertEquals([detail.answers, detail.ttl], ["10.0.0.7", 30]);
  const alias = await attempt({ answers: [ALIAS] }, { record: "CNAME" });
  assertEquals(alias.detail.answers, "a.test");
  const soa = {
    name: "shop.test",
    type: "SOA",
    data: { mname: "ns.test", rname: "a.test", serial: 2026112601 },
  };
  const zone = await attempt({ answers: [soa] }, { record: "SOA" });
  assertEquals(zone.detail.serial, 2026112601);
});

Deno.test("dns() says of each response code what it is", async () => {
  const table: [Sent, string][] = [
    [
      { rcode: 3 },
      "Expected NOERROR for shop.test, got NXDOMAIN: there is no such name",
    ],
    [
      { rcode: 3, answers: [ALIAS] },
      "Expected NOERROR for shop.test, got NXDOMAIN: it is an alias of a.test, which does not exist",
    ],
    [
      { rcode: 2 },
      "Expected NOERROR for shop.test, got SERVFAIL: the server could not find it out",
    ],
    [
      { rcode: 5 },
      "Expected NOERROR for shop.test, got REFUSED: the server does not answer such a query",
    ],
    [
      { rcode: 5, questions: [] },
      "Expected NOERROR for shop.test, got REFUSED: the server does not answer such a query",
    ],
    [{ rcode: 1 }, "Expected NOERROR for shop.test, got FORMERR"],
    [{ rcode: 4 }, "Expected NOERROR for shop.test, got NOTIMP"],
    [{ rcode: 9 }, "Expected NOERROR for shop.test, got NOTAUTH"],
    [{ rcode: 14 }, "Expected NOERROR for shop.test, got RCODE14"],
    [{}, "Expected a record A of shop.test, got none"],
    // What it has of others is not what was asked for.
    [
      { answers: [{ ...address(), name: "other.test" }] },
      "Expected a record A of shop.test, got none",
    ],
    [
      { answers: [ALIAS] },
      "Expected a record A of shop.test, got none: it is an alias of a.test, which has none",
    ],
    [
      { answers: [ALIAS, { ...ALIAS, name: "a.test", data: "shop.test" }] },
      "Expected a record A of shop.test, got none",
    ],
    [
      {
        authorities: [{ name: "test", type: "NS", data: "ns1.test" }],
      },
      "Expected a record A of shop.test, got none: the server only refers to ns1.test",
    ],
  ];
  for (const [sent, message] of table) {
    assertOutcome(await attempt(sent), ["fail", "dns"], message);
  }
  const gone = await attempt({ rcode: 3 }, { rcode: "NXDOMAIN" });
  assertEquals(gone.verdict, "pass");
  for (const [answers, got] of [[[address()], "10.0.0.7"], [[], ""]] as const) {
    assertOutcome(
      await attempt({ answers }, { rcode: "NXDOMAIN" }),
      ["fail", "dns"],
      `Expected NXDOMAIN for shop.test, got NOERROR, with ${
        got || "no A record"
      }`,
    );
  }
});

Deno.test("dns() compares records", async () => {
  const answers = ["10.0.0.7", "10.0.0.8"].map((data) => address(data));
  const among = "among the records A of shop.test, got 10.0.0.7, 10.0.0.8";
  const table: [Partial<DnsOptions>, string | undefined][] = [
    [{ expect: "10.0.0.7" }, undefined],
    [{ expect: ["10.0.0.8", "10.0.0.7"] }, undefined],
    [{ expect: [/^10\./, "10.0.0.7"] }, undefined],
    [{ expect: ["10.0.0.7", "10.0.0.9"] }, `Expected 10.0.0.9 ${among}`],
    [{ expect: /^11\./g }, `Expected /^11\\./ ${among}`],
    [{ expectAny: ["10.0.0.9", "10.0.0.8"] }, undefined],
    [
      { expectAny: ["10.0.0.9", "10.0.0.6"] },
      `Expected one of 10.0.0.9, 10.0.0.6 ${among}`,
    ],
    [{ not: "10.0.0.9" }, undefined],
    [{ not: ["10.0.0.9", "10.0.0.8"] }, `Expected no 10.0.0.8 ${among}`],
    [{ expect: "10.0.0.7", not: /8$/ }, `Expected no /8$/ ${among}`],
    [{ ttl: { min: "5m", max: "5m" } }, undefined],
    [
      { ttl: { min: "301s" } },
      "Expected a TTL of 5m1s or more, got 5m",
    ],
    [{ ttl: { max: 1000 } }, "Expected a TTL of 1s or less, got 5m"],
    [
      { authoritative: true },
      "Expected an authoritative answer for shop.test, got one that is not",
    ],
  ];
  for (const [options, message] of table) {
    const outcome = await attempt({ answers }, options);
    if (message === undefined) assertEquals(outcome.verdict, "pass");
    else assertOutcome(outcome, ["fail", "dns"], message);
  }
  const own = { answers, flags: packet.AUTHORITATIVE_ANSWER };
  const outcome = await attempt(own, { authoritative: true });
  assertEquals(outcome.verdict, "pass");
});

Deno.test("dns() asks for the name of an address", async () => {
  for (
    const [name, reverse] of [
      ["10.0.0.7", "7.0.0.10.in-addr.arpa"],
      [
        "FD00::1:2",
        "2.0.0.0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa",
      ],
      ["::", `${"0.".repeat(32)}ip6.arpa`],
    ] as const
  ) {
    const answers = [{ name: reverse, type: "PTR", data: "Shop.test" }];
    const found = await attempt({ answers }, {
      name,
      record: "PTR",
      expect: "shop.test.",
    });
    assertEquals(found.verdict, "pass", name);
  }
});

Deno.test("dns() asks over TCP, and for what does not fit over UDP", async () => {
  const answers = Array.from(Array(99), (_, i) => address(`10.0.0.${i}`));
  await using server = await nameServer({
    udp: ({ reply }) => reply({ flags: packet.TRUNCATED_RESPONSE }),
    tcp: answering({ answers }),
  });
  const { port } = server;
  for (const transport of ["udp", "tcp"] as const) {
    const probe = dns({
      name: "shop.test",
      server: "127.0.0.1",
      port,
      transport,
      expect: ["10.0.0.98"],
    });
    const { verdict, detail } = await probe(patient());
    assertEquals([verdict, detail?.answerRecords], ["pass", 99]);
    assert(String(detail?.answers).length <= 200);
  }
  assertEquals(server.queries, 1);
});

Deno.test("dns() asks over HTTP/2 and over HTTP/1.1", async () => {
  const options = { cert: pem.cert, key: pem.key, allowHTTP1: true };
  const versions: string[] = [];
  const answer = async (
    request: Http2ServerRequest,
    response: Http2ServerResponse,
  ): Promise<void> => {
    versions.push(`${request.method} ${request.httpVersion}`);
    const parts: Uint8Array[] = [];
    for await (const part of request) parts.push(part);
    response.setHeader("content-type", "application/dns-message; x=y");
    const sent = answerTo(Buffer.concat(parts), { answers: [address()] });
    response.end(Buffer.from(sent));
  };
  for (const allowHTTP1 of [false, true]) {
    // With HTTP/1.1 alone, it is the older server.
    const server = allowHTTP1
      ? createHttps(options, answer as never)
      : createSecureServer({ ...options, allowHTTP1 }, answer);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const probe = dns({
      name: "shop.test",
      server: `https://localhost:${port}`,
      address: "127.0.0.1",
      transport: "https",
      ca: pem.ca,
    });
    const { verdict, reason } = await attempted(probe);
    assertEquals([verdict, reason?.message], ["pass", undefined]);
    server.close();
    await once(server, "close");
  }
  assertEquals(versions, ["POST 2.0", "POST 1.1"]);
});

Deno.test("dns() asks an old server that refuses EDNS without it", async () => {
  for (const rcode of [1, 4]) {
    await using server = await nameServer({
      udp: ({ bytes, reply }) =>
        reply(
          decoded(bytes).additionals.length > 0
            ? { rcode }
            : { answers: [address()] },
        ),
    });
    const { port } = server;
    const probe = dns({ name: "shop.test", server: "127.0.0.1", port });
    assertEquals((await probe(patient())).verdict, "pass");
  }
});

Deno.test("dns() asks again if a datagram is lost", async () => {
  await using server = await nameServer({
    udp: ({ turn, reply }) => turn > 0 && reply({ answers: [address()] }),
  });
  const { port } = server;
  const probe = dns({ name: "shop.test", server: "127.0.0.1", port });
  assertEquals((await probe(patient())).verdict, "pass");
  assert(server.queries >= 2);
});

Deno.test("dns() names what it asks, and what that needs", () => {
  const names = (options: DnsOptions) => {
    const { target, permissions } = dns(options);
    return [
      target,
      ...permissions.map((permission) => Object.values(permission).join(" ")),
    ];
  };
  const name = "Shop.test.";
  assertEquals(names({ name }), [
    "dns:///shop.test",
    "net",
    "read /etc/resolv.conf",
  ]);
  assertEquals(names({ name, server: "192.0.2.1", record: "MX" }), [
    "dns://192.0.2.1/shop.test?type=MX",
    "net 192.0.2.1:53",
    "net 0.0.0.0:0",
  ]);
  assertEquals(names({ name, server: "::1", port: 5300 }), [
    "dns://[::1]:5300/shop.test",
    "net [::1]:5300",
    "net [::]:0",
  ]);
  assertEquals(names({ name, server: "ns.test" }), [
    "dns://ns.test/shop.test",
    "net ns.test:53",
    "net",
  ]);
  assertEquals(names({ name, server: "ns.test", transport: "tcp" }), [
    "dns://ns.test/shop.test",
    "net ns.test:53",
  ]);
  const ca = "/tmp/ca.pem";
  assertEquals(names({ name, server: "ns.test", transport: "tls", ca }), [
    "dns://ns.test:853/shop.test",
    "net ns.test:853",
    "read /tmp/ca.pem",
  ]);
  const server = "https://ns.test/x";
  assertEquals(names({ name, server, transport: "https", address: "::1" }), [
    "dns://ns.test:443/shop.test",
    "net [::1]:443",
  ]);
});

Deno.test("dns() refuses options that are not valid", () => {
  const table: [Record<string, unknown>, string, string][] = [
    [{ name: "a..test" }, "name", 'expected a name such as "example.com"'],
    [{ name: "" }, "name", "expected a name such as"],
    [{ name: "a\\046b" }, "name", "expected a name without a backslash"],
    [{ name: "10.0.0.7" }, "name", "expected a name, or record PTR"],
    [{ name: "::1" }, "name", "expected a name, or record PTR"],
    [{ record: "ANY" }, "record", 'expected a type such as "MX", got "ANY"'],
    [{ record: "__proto__" }, "record", "expected a type"],
    [{ rcode: "OK" }, "rcode", 'expected one such as "NXDOMAIN", got "OK"'],
    [{ expect: ["x"] }, "expect", 'expected an IPv4 address, got "x"'],
    [{ expect: [] }, "expect", "expected at least one record, got none"],
    [{ expectAny: ["x"] }, "expectAny", "expected an IPv4 address"],
    [{ not: ["x"] }, "not", "expected an IPv4 address"],
    [
      { rcode: "NXDOMAIN", expect: "10.0.0.7" },
      "rcode",
      "expected NOERROR with what is expected of records, got NXDOMAIN",
    ],
    [{ ttl: { min: "x" } }, "ttl.min", "expected a duration"],
    [{ ttl: { min: 2, max: 1 } }, "ttl.min", "expected no more than max"],
    [{ authoritative: 1 }, "authoritative", "expected true or false"],
    [{ server: "a b" }, "server", "expected a host"],
    [{ server: "10.0.0.1:53" }, "server", "expected a host without a port"],
    [{ port: 0 }, "port", "expected a port"],
    [{ transport: "quic" }, "transport", 'expected "udp", "tcp", "tls" or'],
    [{ transport: "tls" }, "server", "expected one with transport tls"],
    [{ transport: "https" }, "server", "expected one with transport https"],
    [
      { transport: "https", server: "http://ns.test/" },
      "server",
      "expected a URL with https: and no user",
    ],
    [
      { transport: "https", server: "https://ns.test/", port: 1 },
      "port",
      "expected the port in the URL of the server",
    ],
    [{ ca: "/tmp/ca.pem" }, "ca", 'expected transport "tls" or "https"'],
    [{ address: "::1" }, "address", 'expected transport "tls" or "https"'],
    [{ certificate: {} }, "certificate", 'expected transport "tls" or "https"'],
    [
      { transport: "tls", server: "ns.test", cert: "/tmp/c.pem" },
      "cert",
      "expected cert and key together",
    ],
  ];
  for (const [options, option, problem] of table) {
    const thrown = assertThrows(
      () => dns({ name: "shop.test", ...options } as DnsOptions),
      OptionError,
    );
    assertEquals(thrown.option, option, thrown.message);
    assert(thrown.problem.includes(problem), thrown.message);
  }
});

Deno.test("the system's name servers are those of its file", () => {
  const text = `# nameserver 192.0.2.1
; nameserver 192.0.2.2
search test
nameserver 127.0.0.53
 nameserver\t::1 # the other one
nameserver not/valid
nameserver fe80::1%eth0
options timeout:1
nameserver 192.0.2.9`;
  assertEquals(resolversFrom(text, 53), [
    { hostname: "127.0.0.53", port: 53 },
    { hostname: "::1", port: 53 },
    { hostname: "fe80::1%eth0", port: 53 },
  ]);
  assertEquals(resolversFrom("", 53), []);
});

Deno.test({
  name: "dns() asks the system's name servers in turns",
  ignore: silentDnsObstacle !== null,
  async fn() {
    await using server = await nameServer({
      udp: ({ reply }) => reply({ answers: [address()] }),
    });
    // Nobody answers at the first one.
    const resolvers = "nameserver 127.0.0.9\\nnameserver 127.0.0.1\\n";
    const within = [
      "unshare",
      "--map-root-user",
      "--mount",
      "sh",
      "-ec",
      `mount -t tmpfs none /mnt
       printf '${resolvers}' > /mnt/resolv.conf
       mount --bind /mnt/resolv.conf /etc/resolv.conf
       exec "$@"`,
      "sh",
    ];
    const { stdout, stderr } = await runScript("tests/support/dns_main.ts", {
      flags: ["--allow-net", "--allow-read=/etc/resolv.conf"],
      args: [JSON.stringify({ name: "shop.test", port: server.port })],
      within,
    });
    assertEquals([JSON.parse(stdout).verdict, stderr], ["pass", ""]);
  },
});

Deno.test("dns() needs the permissions that it names, and no more", async () => {
  await using server = await nameServer({
    udp: ({ reply }) => reply({ flags: packet.TRUNCATED_RESPONSE }),
    tcp: answering({ answers: [address()] }),
  });
  const options = { name: "shop.test", server: "127.0.0.1", port: server.port };
  const hosts = dns(options).permissions.map((permission) =>
    (permission as Deno.NetPermissionDescriptor).host
  );
  const { stdout } = await runScript("tests/support/dns_main.ts", {
    flags: [`--allow-net=${hosts.join(",")}`],
    args: [JSON.stringify(options)],
  });
  assertEquals(JSON.parse(stdout).verdict, "pass", stdout);
});

Deno.test("dns() says which permission is missing", async () => {
  const at = { name: "shop.test", server: "127.0.0.1", port: 9 };
  const table: [DnsOptions, string[], string][] = [
    [
      { name: "shop.test" },
      ["--allow-net"],
      "--allow-read=/etc/resolv.conf",
    ],
    [at, ["--allow-net=127.0.0.1:9"], "--allow-net=0.0.0.0:0"],
    [at, ["--allow-net=0.0.0.0:0"], "--allow-net=127.0.0.1:9"],
    [
      { ...at, transport: "tcp" },
      ["--allow-net=0.0.0.0:0"],
      "--allow-net=127.0.0.1:9",
    ],
    [{ ...at, server: "localhost" }, [], "--allow-net=localhost:9"],
  ];
  for (const [options, flags, missing] of table) {
    const { stdout, stderr } = await runScript("tests/support/dns_main.ts", {
      flags,
      args: [JSON.stringify(options)],
    });
    assertEquals(stderr, "");
    assertOutcome(
      JSON.parse(stdout),
      ["error", "permission"],
      `Not allowed by Deno: run with ${missing}`,
    );
  }
});
