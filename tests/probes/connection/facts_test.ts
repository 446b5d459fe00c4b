import {
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
} from "@std/assert";
import type { PeerCertificate } from "node:tls";
import { factsOf } from "../../../src/probes/connection/facts.ts";

function certificate(
  fingerprint256: string,
  valid_to = "Jan  1 00:00:00 2030 GMT",
): PeerCertificate {
  return {
    fingerprint256,
    raw: new Uint8Array(),
    valid_from: "Jan  1 00:00:00 2020 GMT",
    valid_to,
    subject: { CN: "a" },
    issuer: { CN: "b" },
  } as unknown as PeerCertificate;
}

Deno.test("factsOf() reads a certificate once, and others that are renewed", () => {
  const facts = factsOf(certificate("A1"));
  assertEquals(facts, {
    altNames: [],
    from: Date.UTC(2020, 0),
    to: Date.UTC(2030, 0),
    isSelfIssued: false,
  });
  assertStrictEquals(factsOf(certificate("A1")), facts);
  const renewed = factsOf(certificate("A2", "Jan  1 00:00:00 2040 GMT"));
  assertEquals(renewed.to, Date.UTC(2040, 0));
});

Deno.test("factsOf() forgets what was read before many others", () => {
  const facts = factsOf(certificate("first"));
  for (let i = 0; i < 999; i++) factsOf(certificate(`${i}`));
  assertStrictEquals(factsOf(certificate("first")), facts);
  factsOf(certificate("last"));
  assertNotStrictEquals(factsOf(certificate("first")), facts);
});
