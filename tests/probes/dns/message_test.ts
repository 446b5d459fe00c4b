import { assert, assertEquals, assertThrows } from "@std/assert";
import packet from "dns-packet";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import {
  type Answer,
  queriesFor,
  readAnswer,
} from "../../../src/probes/dns/message.ts";
import { canonicalName } from "../../../src/probes/dns/names.ts";
import { Malformed } from "../../../src/probes/dns/reader.ts";
import {
  canonicalData,
  type DnsRecord,
  RECORD_TYPES,
} from "../../../src/probes/dns/records.ts";
import {
  address,
  answerTo,
  decoded,
  type Sent,
} from "../../support/name_server.ts";

function query(record: DnsRecord = "A", name = "shop.test") {
  return queriesFor(name, RECORD_TYPES[record])(true);
}

/** What we read of an answer that the other implementation made. */
function read(sent: Sent, record: DnsRecord = "A"): Answer {
  const asked = query(record);
  return readAnswer(answerTo(asked.bytes, sent), asked);
}

Deno.test("a query is what another implementation reads as one", () => {
  const asked = query("MX", canonicalName("Bücher.test."));
  const { type, flags, questions, additionals } = decoded(asked.bytes);
  assertEquals(type, "query");
  assertEquals(flags, packet.RECURSION_DESIRED);
  assertEquals(questions, [
    { name: "xn--bcher-kva.test", type: "MX", class: "IN" },
  ]);
  const [opt] = additionals;
  assertEquals(
    [opt.name, opt.type, opt.udpPayloadSize, opt.flags],
    [".", "OPT", 1232, 0],
  );
});

Deno.test("queries have numbers that differ", () => {
  const next = queriesFor("shop.test", RECORD_TYPES.A);
  const ids = Array.from(Array(50), () => decoded(next(true).bytes).id);
  assert(new Set(ids).size > 40);
});

/** Records of the other implementation, and how we write and read them. */
const RECORDS: readonly [DnsRecord, unknown, string, string][] = [
  ["A", "10.0.0.7", "10.0.0.7", "10.0.0.7"],
  ["AAAA", "fd00:0:0::1", "fd00::1", "FD00:0:0:0::0001"],
  ["AAAA", "::ffff:1.2.3.4", "::ffff:102:304", "::ffff:1.2.3.4"],
  ["CNAME", "WWW.Shop.test", "www.shop.test", "www.shop.TEST."],
  ["NS", "ns1.test", "ns1.test", "ns1.test."],
  ["PTR", "shop.test", "shop.test", "shop.test"],
  ["PTR", "bücher.test", "b\\195\\188cher.test", "b\\195\\188cher.test"],
  [
    "MX",
    { preference: 10, exchange: "Mail.test" },
    "10 mail.test",
    "  010   MAIL.test. ",
  ],
  ["MX", { preference: 0, exchange: "." }, "0 .", "0 ."],
  ["TXT", ["v=spf1 ", "-all"], "v=spf1 -all", "v=spf1 -all"],
  ["TXT", "grüße", "grüße", "grüße"],
  [
    "SRV",
    { priority: 1, weight: 2, port: 5060, target: "sip.test" },
    "1 2 5060 sip.test",
    "1 2 5060 sip.test.",
  ],
  [
    "SOA",
    {
      mname: "ns1.test",
      rname: "admin.test",
      serial: 4294967295,
      refresh: 1,
      retry: 2,
      expire: 3,
      minimum: 4,
    },
    "ns1.test admin.test 4294967295 1 2 3 4",
    "NS1.test. admin.test. 4294967295 1 2 3 4",
  ],
  [
    "CAA",
    { flags: 128, tag: "issue", value: "ca.test; x=y" },
    '128 issue "ca.test; x=y"',
    "128 ISSUE ca.test; x=y",
  ],
  [
    "DS",
    {
      keyTag: 12345,
      algorithm: 8,
      digestType: 2,
      digest: Buffer.from([0xab, 0xcd]),
    },
    "12345 8 2 abcd",
    "12345 8 2 AB CD",
  ],
  [
    "SSHFP",
    { algorithm: 1, hash: 1, fingerprint: "ab".repeat(20) },
    `1 1 ${"ab".repeat(20)}`,
    `1 1 ${"AB".repeat(20)}`,
  ],
  [
    "TLSA",
    {
      usage: 3,
      selector: 1,
      matchingType: 1,
      certificate: Buffer.from([1, 2, 0xff]),
    },
    "3 1 1 0102ff",
    "3 1 1 0102FF",
  ],
  [
    "NAPTR",
    {
      order: 1,
      preference: 2,
      flags: "u",
      services: "E2U+sip",
      regexp: "!^.*$!sip:x!",
      replacement: ".",
    },
    '1 2 "u" "E2U+sip" "!^.*$!sip:x!" .',
    "1 2 u E2U+sip !^.*$!sip:x! .",
  ],
];

for (const [record, data, canonical, written] of RECORDS) {
  Deno.test(`a record ${record} is read as ${canonical}`, () => {
    const sent = { name: "shop.test", type: record, ttl: 60, data };
    assertEquals(read({ answers: [sent] }, record).answers, [{
      name: "shop.test",
      type: RECORD_TYPES[record].number,
      ttlSeconds: 60,
      data: canonical,
    }]);
    assertEquals(canonicalData(record, written), canonical);
    assertEquals(canonicalData(record, canonical), canonical);
  });
}

/** An answer with one record of data in hexadecimal digits. */
function withData(
  record: DnsRecord,
  hex: string,
  type = RECORD_TYPES[record].number,
) {
  const asked = query(record);
  const data = Uint8Array.fromHex(hex.replaceAll(" ", ""));
  const bytes = Uint8Array.from([
    ...asked.bytes.subarray(0, 2),
    ...[0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0],
    ...asked.question,
    ...[0xc0, 12, type >> 8, type & 0xff, 0, 1, 0, 0, 0, 60],
    ...[data.length >> 8, data.length & 0xff],
    ...data,
  ]);
  return readAnswer(bytes, asked).answers[0]!.data;
}

Deno.test("records HTTPS and SVCB are read, which the other implementation does not know", () => {
  // RFC 9460, appendix D.
  const table = [
    ["0000 03666f6f 07657861 6d706c65 03636f6d 00", "0 foo.example.com"],
    ["0001 00", "1 ."],
    ["0010 00 0003 0002 0035", "16 . port=53"],
    ["0001 00 029b 0005 68656c6c6f", "1 . key667=hello"],
    [
      "0001 00 0000 0004 0001 0004 0001 0009 02 6832 05 68332d3139 0004 0004 c0000201",
      "1 . mandatory=alpn,ipv4hint alpn=h2,h3-19 ipv4hint=192.0.2.1",
    ],
    [
      "0001 00 0002 0000 0006 0010 20010db8000000000000000000000001",
      "1 . no-default-alpn ipv6hint=2001:db8::1",
    ],
    ["0001 00 0005 0002 abcd", "1 . ech=q80="],
  ] as const;
  for (const record of ["HTTPS", "SVCB"] as const) {
    for (const [hex, text] of table) {
      assertEquals(withData(record, hex), text);
      assertEquals(canonicalData(record, text), text);
    }
  }
  assertEquals(
    canonicalData("HTTPS", '1 . alpn="h2,h3"  port=53'),
    "1 . alpn=h2,h3 port=53",
  );
});

Deno.test("records that a person wrote are refused if they are none", () => {
  const table = [
    ["A", "10.0.0"],
    ["A", "10.0.0.256"],
    ["A", "shop.test"],
    ["AAAA", "10.0.0.7"],
    ["AAAA", "::x"],
    ["AAAA", "::1/64"],
    ["CNAME", "a..test"],
    ["CNAME", `${"a".repeat(64)}.test`],
    ["CNAME", "a b"],
    ["CNAME", ""],
    ["CNAME", "bü/cher"],
    ["MX", "mail.test"],
    ["MX", "70000 mail.test"],
    ["MX", "-1 mail.test"],
    ["SRV", "1 2 3"],
    ["SOA", "ns1.test admin.test"],
    ["HTTPS", "x ."],
  ] as const;
  for (const [record, text] of table) {
    assertThrows(() => canonicalData(record, text), TypeError, "Expected");
  }
});

Deno.test("an answer has its code, bits, sections and extended error", () => {
  const answer = read({
    rcode: 2,
    flags: packet.AUTHORITATIVE_ANSWER,
    answers: [{ ...address(), ttl: 2 ** 31 }],
    authorities: [{ name: "test", type: "NS", ttl: 5, data: "ns1.test" }],
    additionals: [{
      type: "OPT",
      name: ".",
      udpPayloadSize: 1232,
      extendedRcode: 1,
      options: [{
        code: 15,
        data: Buffer.from("\0\u0006bad\0sign"),
      }],
    }],
  });
  assertEquals(answer, {
    rcode: "RCODE18",
    isAuthoritative: true,
    isTruncated: false,
    hasEdns: true,
    answers: [{ name: "shop.test", type: 1, ttlSeconds: 0, data: "10.0.0.7" }],
    authority: [{ name: "test", type: 2, ttlSeconds: 5, data: "ns1.test" }],
    extendedError: 'extended error 6: "bad sign"',
  });
});

Deno.test("an answer is refused that is for another query", () => {
  const asked = query();
  const sent = { answers: [address()] };
  const good = answerTo(asked.bytes, sent);
  assertEquals(readAnswer(good, asked).answers.length, 1);
  const changed = (at: number, to: number): Uint8Array => {
    const bytes = good.slice();
    bytes[at] = to;
    return bytes;
  };
  const table: [Uint8Array, string][] = [
    [changed(0, good[0]! ^ 1), "another number"],
    [changed(2, 0x01), "no answer"],
    [changed(2, 0x91), "no answer"],
    [changed(5, 2), "another question"],
    [changed(5, 0), "another question"],
    [changed(14, 120), "another question"],
    // The type, and the class.
    [changed(24, 28), "another question"],
    [changed(26, 3), "another question"],
    [good.subarray(0, 20), "another question"],
    [new Uint8Array(), "another number"],
    [good.subarray(0, 6), "too early"],
  ];
  for (const [bytes, message] of table) {
    assertThrows(() => readAnswer(bytes, asked), Malformed, message);
  }
  // The case of a name may change.
  assertEquals(readAnswer(changed(13, 83), asked).rcode, "NOERROR");
  // A refusal need not repeat the question.
  const refusal = Uint8Array.from([
    ...asked.bytes.subarray(0, 2),
    ...[0x81, 0x85, 0, 0, 0, 0, 0, 0, 0, 0],
  ]);
  assertEquals(readAnswer(refusal, asked).rcode, "REFUSED");
});

Deno.test("names and records that lead nowhere are refused", () => {
  const table = [
    // Pointers to themselves, forwards, and from one to the other.
    ["CNAME", "c02b"],
    ["CNAME", "c0ff"],
    ["CNAME", "01 61 c02b"],
    ["CNAME", "c02d c02b"],
    // Labels of an unknown kind, and without an end.
    ["CNAME", "80"],
    ["CNAME", "03 6161"],
    ["CNAME", ""],
    ["CNAME", "00 00"],
    ["CNAME", `${`3f${"61".repeat(63)}`.repeat(4)}00`],
    ["A", "0a0000"],
    ["A", "0a00000707"],
    ["TXT", "05 6161"],
    ["HTTPS", "0001 00 0003 0003 0035"],
    ["HTTPS", "0001 00 0003 0003 003500"],
    ["HTTPS", "0001 00 0004 0003 010203"],
  ] as const;
  for (const [record, hex] of table) {
    assertThrows(() => withData(record, hex), Malformed, undefined, hex);
  }
});

Deno.test("the longest names cost little time", () => {
  const asked = query();
  const long = `${"01 61".repeat(126)} 00`;
  const name = Uint8Array.fromHex(long.replaceAll(" ", ""));
  const head = (records: number): number[] => [
    ...asked.bytes.subarray(0, 2),
    ...[0x81, 0x80, 0, 1, records >> 8, records & 0xff, 0, 0, 0, 0],
    ...asked.question,
  ];
  // The first record has the name, and all others point to it.
  const first = [...name, ...[0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 7]];
  const other = [0xc0, 27, ...first.slice(name.length)];
  const bytes = (records: number): Uint8Array =>
    Uint8Array.from([
      ...head(records),
      ...first,
      ...Array(records - 1).fill(other).flat(),
    ]);
  const startedAt = performance.now();
  assertEquals(readAnswer(bytes(1000), asked).answers.length, 1000);
  const tookMs = performance.now() - startedAt;
  assert(tookMs < 5000, `${tookMs}`);
  assertThrows(() => readAnswer(bytes(1001), asked), Malformed, "too many");
  // Pointers to pointers, in the data of a record that nobody reads.
  const to = (offset: number): number[] => [
    0xc0 | offset >> 8,
    offset & 0xff,
  ];
  const pointers = (count: number): Uint8Array => {
    const chain = Array.from(Array(count), (_, i) => to(38 + 2 * i));
    const length = 2 + 2 * count;
    return Uint8Array.from([
      ...head(2),
      ...[0, 0, 99, 0, 1, 0, 0, 0, 0, length >> 8, length & 0xff, 0, 0],
      ...chain.flat(),
      ...to(38 + 2 * count),
      ...[0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 10, 0, 0, 7],
    ]);
  };
  const { answers } = readAnswer(pointers(126), asked);
  assertEquals(answers[1]!.name, ".");
  assertThrows(
    () => readAnswer(pointers(127), asked),
    Malformed,
    "a pointer that leads nowhere",
  );
});

Deno.test("any bytes are an answer or refused, and nothing else", () => {
  const asked = query();
  const good = answerTo(asked.bytes, {
    answers: [
      { name: "shop.test", type: "CNAME", data: "a.shop.test" },
      { name: "a.shop.test", type: "A", data: "10.0.0.7" },
    ],
    authorities: [{ name: "test", type: "NS", data: "ns1.shop.test" }],
    additionals: [{ type: "OPT", name: ".", udpPayloadSize: 1232 }],
  });
  const tryIt = (bytes: Uint8Array): void => {
    try {
      readAnswer(bytes, asked);
    } catch (error) {
      assert(error instanceof Malformed, String(error));
    }
  };
  const noise = fc.uint8Array({ maxLength: 600 });
  fc.assert(fc.property(noise, (rest) => {
    tryIt(rest);
    tryIt(Uint8Array.from([...good.subarray(0, 27), ...rest]));
  }));
  const changes = fc.array(
    fc.tuple(fc.nat(good.length - 1), fc.nat(255)),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(changes, fc.nat(good.length), (changes, length) => {
      const bytes = good.slice();
      for (const [at, to] of changes) if (at > 1) bytes[at] = to;
      tryIt(bytes.subarray(0, length));
      tryIt(bytes);
    }),
    { numRuns: 2000 },
  );
});
