import { assert, assertEquals } from "@std/assert";
import { classify, internal } from "../../src/probes/classify.ts";
import type { ReasonCode, Verdict } from "../../src/core/types.ts";
import { assertOutcome } from "../support/outcomes.ts";

type Row = readonly [
  thrown: Error,
  outcome: readonly [Exclude<Verdict, "pass">, ReasonCode],
  message: string,
];

/** What `fetch` throws: the truth is in the cause. */
function fetchError(cause: string): TypeError {
  return new TypeError("fetch failed", { cause: new Error(cause) });
}

/** What `node:net` and its kin throw: the truth is in the code. */
function nodeError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

function assertRows(rows: readonly Row[]): void {
  for (const [thrown, expected, message] of rows) {
    const outcome = classify(thrown, "db:5432");
    assert(outcome !== undefined, thrown.message);
    assertOutcome(outcome, expected, message);
  }
}

Deno.test("classify() reads the causes of fetch's errors", () => {
  assertRows([
    [
      fetchError(
        "error sending request for url (http://db:5432/): client error (Connect): dns error: failed to lookup address information: Name or service not known",
      ),
      ["fail", "dns"],
      "Cannot resolve db",
    ],
    [
      fetchError(
        "error sending request for url (http://db:5432/): client error (Connect): tcp connect error: Connection refused (os error 111)",
      ),
      ["fail", "refused"],
      "db:5432 refused the connection",
    ],
    [
      fetchError(
        "client error (Connect): tcp connect error: No route to host (os error 113)",
      ),
      ["fail", "unreachable"],
      "There is no route to db:5432",
    ],
    [
      fetchError(
        "client error (Connect): tcp connect error: Network is unreachable (os error 101)",
      ),
      ["fail", "unreachable"],
      "There is no route to db:5432",
    ],
    [
      fetchError(
        "client error (Connect): tcp connect error: Connection timed out (os error 110)",
      ),
      ["fail", "timeout"],
      "db:5432 did not answer the connection attempt",
    ],
    [
      fetchError(
        "client error (Connect): tcp connect error: Too many open files (os error 24)",
      ),
      ["error", "internal"],
      "This process is out of open files",
    ],
    [
      fetchError(
        "client error (Connect): tcp connect error: Cannot assign requested address (os error 99)",
      ),
      ["error", "internal"],
      "This machine has no port or memory for db:5432",
    ],
    [
      fetchError(
        "error sending request from 127.0.0.1:1 for http://db:5432/ (127.0.0.1:5432): client error (SendRequest): connection closed before message completed",
      ),
      ["fail", "reset"],
      "db:5432 closed the connection without a full answer",
    ],
    [
      fetchError(
        "error sending request from 127.0.0.1:1 for http://db:5432/ (127.0.0.1:5432): client error (SendRequest): invalid HTTP version parsed",
      ),
      ["fail", "protocol"],
      "db:5432 does not speak HTTP: invalid HTTP version parsed",
    ],
    [
      new TypeError("error reading a body from connection"),
      ["fail", "reset"],
      "db:5432 closed the connection without a full answer",
    ],
    [
      new TypeError("Fetch failed: Maximum number of redirects (20) reached"),
      ["fail", "protocol"],
      "Expected an answer, got more than 20 redirects",
    ],
    [
      new TypeError("Fetch failed: Can not redirect to a non HTTP(s) url"),
      ["fail", "protocol"],
      "Expected a redirect to an HTTP URL, got another",
    ],
  ]);
});

Deno.test("classify() says what is wrong with a certificate", () => {
  const untrusted = (fault: string): string =>
    `The certificate is not trusted: ${fault}`;
  const rows: [Error, string][] = [
    [
      fetchError("invalid peer certificate: UnknownIssuer"),
      "it was issued by an unknown authority",
    ],
    [
      nodeError(
        "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        "unable to verify the first certificate",
      ),
      "it was issued by an unknown authority",
    ],
    [
      nodeError("DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate"),
      "it was issued by an unknown authority",
    ],
    [
      nodeError("SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate"),
      "it was issued by an unknown authority",
    ],
    [fetchError("invalid peer certificate: Expired"), "it has expired"],
    [
      nodeError("CERT_HAS_EXPIRED", "certificate has expired"),
      "it has expired",
    ],
    [
      fetchError(
        "invalid peer certificate: certificate expired: verified at time 1",
      ),
      "it has expired",
    ],
    [
      fetchError("invalid peer certificate: NotValidYet"),
      "it is not valid yet",
    ],
    [
      nodeError("CERT_NOT_YET_VALID", "certificate is not yet valid"),
      "it is not valid yet",
    ],
    [
      fetchError(
        'invalid peer certificate: certificate not valid for name "db"; certificate is only valid for DnsName("localhost")',
      ),
      "it is for another name",
    ],
    [
      nodeError(
        "ERR_TLS_CERT_ALTNAME_INVALID",
        "Hostname/IP does not match certificate's altnames",
      ),
      "it is for another name",
    ],
    [fetchError("invalid peer certificate: BadEncoding"), "BadEncoding"],
  ];
  assertRows(
    rows.map(([thrown, fault]) => [thrown, ["fail", "tls"], untrusted(fault)]),
  );
});

Deno.test("classify() tells a failed handshake from a peer without TLS", () => {
  assertRows([
    [
      fetchError(
        "client error (Connect): received corrupt message of type InvalidContentType",
      ),
      ["fail", "tls"],
      "db:5432 does not speak TLS",
    ],
    [
      nodeError(
        "ERR_SSL_WRONG_VERSION_NUMBER",
        "received corrupt message of type InvalidContentType (SSL routines:ssl3_get_record:wrong version number)",
      ),
      ["fail", "tls"],
      "db:5432 does not speak TLS",
    ],
    [
      fetchError("client error (Connect): tls handshake eof"),
      ["fail", "tls"],
      "The TLS handshake with db:5432 failed: tls handshake eof",
    ],
    [
      fetchError("received fatal alert: CertificateRequired"),
      ["fail", "tls"],
      "db:5432 asks for a client certificate: expected cert and key",
    ],
    [
      nodeError(
        "ECONNRESET",
        "Client network socket disconnected before secure TLS connection was established",
      ),
      ["fail", "tls"],
      "The TLS handshake with db:5432 failed: Client network socket disconnected before secure TLS connection was established",
    ],
  ]);
});

Deno.test("classify() reads the codes of node's errors", () => {
  assertRows([
    [
      nodeError("ENOTFOUND", "getaddrinfo ENOTFOUND db"),
      ["fail", "dns"],
      "Cannot resolve db",
    ],
    [
      nodeError("EAI_AGAIN", "getaddrinfo EAI_AGAIN db"),
      ["fail", "dns"],
      "Cannot resolve db",
    ],
    [
      nodeError("ECONNREFUSED", "connect ECONNREFUSED 10.0.0.7:5432"),
      ["fail", "refused"],
      "db:5432 refused the connection",
    ],
    [
      nodeError("ENOENT", "connect ENOENT /run/db.sock"),
      ["fail", "refused"],
      "db:5432 refused the connection",
    ],
    [
      nodeError("EPERM", "getaddrinfo EPERM db"),
      ["error", "permission"],
      "Not allowed by Deno: run with --allow-net=db:5432",
    ],
    [
      nodeError("EPERM", "getaddrinfo EPERM elsewhere"),
      ["error", "permission"],
      "Not allowed by Deno: run with --allow-net=elsewhere",
    ],
    [
      nodeError("EHOSTUNREACH", "connect EHOSTUNREACH"),
      ["fail", "unreachable"],
      "There is no route to db:5432",
    ],
    [
      nodeError("ETIMEDOUT", "connect ETIMEDOUT"),
      ["fail", "timeout"],
      "db:5432 did not answer the connection attempt",
    ],
    [
      nodeError("ECONNRESET", "socket hang up"),
      ["fail", "reset"],
      "db:5432 closed the connection without a full answer",
    ],
    [
      nodeError("EMFILE", "connect EMFILE"),
      ["error", "internal"],
      "This process is out of open files",
    ],
    [
      nodeError(
        "HPE_INVALID_CONSTANT",
        "Parse Error: Expected HTTP/, RTSP/ or ICE/",
      ),
      ["fail", "protocol"],
      "db:5432 does not speak HTTP: Expected HTTP/, RTSP/ or ICE/",
    ],
  ]);
});

Deno.test("classify() knows the runtime's own classes", () => {
  assertRows([
    [
      new Deno.errors.ConnectionRefused("x"),
      ["fail", "refused"],
      "db:5432 refused the connection",
    ],
    [
      new Deno.errors.ConnectionReset("x"),
      ["fail", "reset"],
      "db:5432 closed the connection without a full answer",
    ],
    [
      new Deno.errors.BrokenPipe("x"),
      ["fail", "reset"],
      "db:5432 closed the connection without a full answer",
    ],
  ]);
});

Deno.test("classify() makes the flag of a missing permission", () => {
  const table: [string, string][] = [
    [
      'Requires net access to "db:5432", run again with the --allow-net flag',
      "Not allowed by Deno: run with --allow-net=db:5432",
    ],
    [
      'Requires run access to "sh", run again with the --allow-run flag',
      "Not allowed by Deno: run with --allow-run=sh",
    ],
    [
      'Requires read access to "/etc/a b, c", run again with the --allow-read flag',
      "Not allowed by Deno: run with --allow-read=/etc/a b, c",
    ],
    [
      "Requires read access to <CWD>, run again with the --allow-read flag",
      "Not allowed by Deno: run with --allow-read",
    ],
    [
      "Requires env access, run again with the --allow-env flag",
      "Not allowed by Deno: run with --allow-env",
    ],
    ["Something else is missing", "Something else is missing"],
  ];
  assertRows(table.map(([text, message]) => [
    new Deno.errors.NotCapable(text),
    ["error", "permission"],
    message,
  ]));
});

Deno.test("classify() is not misled by the words of a URL", () => {
  for (const word of ["certificate", "alert", "EMFILE", "tls handshake"]) {
    const url = `http://db:5432/${encodeURI(word)}`;
    assertRows([
      [
        fetchError(
          `error sending request for url (${url}): client error (Connect): tcp connect error: Connection refused (os error 111)`,
        ),
        ["fail", "refused"],
        "db:5432 refused the connection",
      ],
      [
        fetchError(
          `error sending request from 127.0.0.1:1 for ${url} (127.0.0.1:5432): client error (SendRequest): connection closed before message completed`,
        ),
        ["fail", "reset"],
        "db:5432 closed the connection without a full answer",
      ],
    ]);
  }
});

Deno.test("classify() leaves alone what is no fault of the network", () => {
  const table: unknown[] = [
    new TypeError("Cannot read properties of undefined (reading 'alerts')"),
    new SyntaxError("Unexpected end of JSON input"),
    new Error("No certificate for the exam"),
    new Error("The handshake was too firm"),
    new Error("Unreachable"),
    new Error("Parse error"),
    new Deno.errors.NotFound("No such file or directory (os error 2)"),
    "ECONNREFUSED",
    { code: "ECONNREFUSED" },
    null,
    undefined,
  ];
  for (const thrown of table) {
    assertEquals(classify(thrown, "db:5432"), undefined, String(thrown));
  }
});

Deno.test("classify() comes to an end where causes go in a circle", () => {
  const a = new Error("a");
  const b = new Error("b", { cause: a });
  a.cause = b;
  assertEquals(classify(a, "db:5432"), undefined);
  b.message = "Connection refused";
  assertOutcome(classify(a, "db:5432")!, ["fail", "refused"]);
});

Deno.test("internal() makes one line of whatever was thrown", () => {
  const table: [unknown, string][] = [
    [new TypeError("It\nbroke"), "TypeError: It broke"],
    ["Oops", "Oops"],
    [undefined, "undefined"],
    [new Error("x".repeat(1000)), `Error: ${"x".repeat(292)}…`],
  ];
  for (const [thrown, message] of table) {
    assertEquals(internal(thrown), {
      verdict: "error",
      reason: { code: "internal", message },
    });
  }
});

Deno.test("classify() does not take a certificate's names, or quoted words, for symptoms", () => {
  const words = [
    "emfile",
    "enomem.example",
    "enotfound.test",
    "EMFILE.example",
  ];
  for (const word of words) {
    const thrown = new TypeError("fetch failed", {
      cause: new Error(
        `error sending request for url (https://a.test/): client error (Connect): invalid peer certificate: certificate not valid for name "a.test"; certificate is only valid for DnsName("${word}")`,
      ),
    });
    assertEquals(classify(thrown, "a.test:443")?.verdict, "fail", word);
    assertEquals(classify(thrown, "a.test:443")?.reason?.code, "tls", word);
  }
  const altnames = Object.assign(
    new Error(
      "Hostname/IP does not match certificate's altnames: Host: a. is not in the cert's altnames: DNS:EMFILE.example",
    ),
    { code: "ERR_TLS_CERT_ALTNAME_INVALID" },
  );
  assertEquals(classify(altnames, "a.test:443")?.reason?.code, "tls");
  assertEquals(classify(new Error("job emfile-42 is late"), "x"), undefined);
});
