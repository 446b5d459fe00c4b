import https from "node:https";
import { X509Certificate } from "node:crypto";
import { http } from "../../../src/probes/http/http.ts";
import type { HttpOptions } from "../../../src/probes/http/options.ts";
import type { ReasonCode } from "../../../src/core/types.ts";
import { closing } from "./relay.ts";
import { assertOutcome, assertPass, patient } from "../../support/outcomes.ts";

const FOLDER = `${import.meta.dirname}/../../support/tls/faults`;

function read(name: string): string {
  return Deno.readTextFileSync(`${FOLDER}/${name}`);
}

const root = { ca: read("root.pem") };
const key = read("leaf.key");

function fingerprint(name: string): string {
  return new X509Certificate(read(`${name}.pem`)).fingerprint256;
}

interface Row {
  /** The certificates that the server shows. */
  readonly shown: readonly string[];
  readonly options?: HttpOptions;
  /** The reason of the failure; without one, it is a pass. */
  readonly fails?: readonly [ReasonCode, string];
  readonly host?: string;
}

const expired = [
  "expired",
  "The certificate expired on 2021-01-01T00:00:00Z",
] as const;
const early = [
  "tls",
  "The certificate is not valid before 2100-01-01T00:00:00Z",
] as const;
const names = [
  "tls",
  "The certificate is not for localhost, but for a.test, b.test, c.test and 2 more",
] as const;
const selfSigned = [
  "tls",
  "The certificate is not trusted: it is self-signed",
] as const;

const TABLE: Readonly<Record<string, Row>> = {
  "an expired one": { shown: ["expired"], options: root, fails: expired },
  "an expired one of an unknown authority": {
    shown: ["expired"],
    fails: expired,
  },
  "one that is not valid yet": {
    shown: ["early"],
    options: root,
    fails: early,
  },
  "one for other names": { shown: ["names"], options: root, fails: names },
  "one for other names, by an address": {
    shown: ["chained", "intermediate"],
    host: "[::1]",
    options: root,
    fails: [
      "tls",
      "The certificate is not for ::1, but for localhost, 127.0.0.1",
    ],
  },
  "one whose only name looks like three": {
    shown: ["smuggled"],
    options: { ca: read("smuggled.pem") },
    fails: [
      "tls",
      "The certificate is not for localhost, but for x.test??DNS?localhost??IP?Address?127.0.0.1",
    ],
  },
  "one whose only name looks like three, by an address": {
    shown: ["smuggled"],
    host: "127.0.0.1",
    options: { ca: read("smuggled.pem") },
    fails: [
      "tls",
      "The certificate is not for 127.0.0.1, but for x.test??DNS?localhost??IP?Address?127.0.0.1",
    ],
  },
  "one with a name that looks like the address": {
    shown: ["numeric"],
    host: "127.0.0.1",
    options: { ca: read("numeric.pem") },
    fails: [
      "tls",
      "The certificate is not for 127.0.0.1, but for 127.0.0.1",
    ],
  },
  "one that is not for servers": {
    shown: ["client"],
    options: root,
    fails: ["tls", "The certificate is not trusted: it is not for servers"],
  },
  "a self-signed one": { shown: ["self"], fails: selfSigned },
  "a self-signed one of another authority": {
    shown: ["self"],
    options: root,
    fails: selfSigned,
  },
  "a self-signed one that is its own authority": {
    shown: ["self"],
    options: { ca: read("self.pem") },
  },
  "an expired one that is its own authority": {
    shown: ["self-expired"],
    options: { ca: read("self-expired.pem") },
    fails: expired,
  },
  "one with only a CN, by an address": {
    shown: ["version1"],
    host: "[::1]",
    options: root,
    fails: [
      "tls",
      'The certificate is not for ::1, but has only the CN "localhost": most clients look only at the subjectAltName, which has no host',
    ],
  },
  "one of version 1": { shown: ["version1"], options: root },
  // Deno itself would trust it.
  "one of version 1 by another authority of the same name": {
    shown: ["forged"],
    options: root,
    fails: [
      "tls",
      'The certificate is not trusted: it was issued by an unknown authority, "lifesign root"',
    ],
  },
  "a whole chain": { shown: ["chained", "intermediate"], options: root },
  "a whole chain of an unknown authority": {
    shown: ["chained", "intermediate"],
    fails: [
      "tls",
      'The certificate is not trusted: it was issued by an unknown authority, "lifesign root", of which the server sent no certificate',
    ],
  },
  "a whole chain with an unknown root": {
    shown: ["chained", "intermediate", "root"],
    fails: [
      "tls",
      'The certificate is not trusted: it was issued by an unknown authority, "lifesign root"',
    ],
  },
  "an incomplete chain": {
    shown: ["chained"],
    options: root,
    fails: [
      "tls",
      'The certificate is not trusted: the server sent no certificate of its issuer, "lifesign intermediate": the chain is incomplete',
    ],
  },
  "one whose issuer nobody knows": {
    shown: ["unchained"],
    options: root,
    fails: [
      "tls",
      'The certificate is not trusted: it was issued by an unknown authority, "lifesign intermediate", of which the server sent no certificate',
    ],
  },
  "whatever is shown, if nothing is verified": {
    shown: ["expired"],
    options: { verify: false },
  },
  "an expired one with the right fingerprint": {
    shown: ["expired"],
    options: { fingerprint: `sha256:${fingerprint("expired")}` },
    fails: expired,
  },
  "one for other names with the right fingerprint": {
    shown: ["names"],
    options: { fingerprint: `sha256:${fingerprint("names")}` },
    fails: names,
  },
  "an expired one with the right fingerprint, if nothing else is verified": {
    shown: ["expired"],
    options: { fingerprint: fingerprint("expired"), verify: false },
  },
  "a self-signed one with the right fingerprint": {
    shown: ["self"],
    options: { fingerprint: fingerprint("self") },
  },
  "one with another fingerprint": {
    shown: ["self"],
    options: { fingerprint: "AB:".repeat(31) + "AB", verify: false },
    fails: [
      "tls",
      `Expected a certificate with the fingerprint sha256:${
        "ab".repeat(32)
      }, got sha256:${fingerprint("self").replaceAll(":", "").toLowerCase()}`,
    ],
  },
};

for (const [what, row] of Object.entries(TABLE)) {
  const { shown, options = {}, fails, host = "localhost" } = row;
  Deno.test(`http() judges a certificate: ${what}`, async () => {
    const cert = shown.map((name) => read(`${name}.pem`)).join("");
    // `Deno.serve` refuses some of them.
    const server = https.createServer(
      { cert, key },
      (_, response) => response.end("ok"),
    );
    await using place = await closing(
      server,
      host === "[::1]" ? "::1" : "127.0.0.1",
    );
    const { port } = place;
    const url = `https://${host}:${port}/`;
    const address = host === "[::1]" ? host : "127.0.0.1";
    for (const way of [{}, { address }]) {
      const outcome = await http(url, { ...options, ...way })(patient());
      if (fails === undefined) assertPass(outcome, { httpStatus: 200 });
      else assertOutcome(outcome, ["fail", fails[0]], fails[1]);
    }
  });
}
