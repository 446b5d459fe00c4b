import { OptionError } from "../../../src/core/option_error.ts";
import { assertEquals, assertThrows } from "@std/assert";
import {
  type AttemptResult,
  startAttempt,
} from "../../../src/fleet/attempt.ts";
import { http } from "../../../src/probes/http/http.ts";
import type { HttpOptions } from "../../../src/probes/http/options.ts";
import { verifyTls } from "../../../src/probes/tls_verification.ts";
import { lowerFirst } from "../../../src/core/text.ts";
import { makeFifo } from "../../support/fifo.ts";
import { assertOutcome, assertPass, patient } from "../../support/outcomes.ts";
import { httpServer, pem, pemFiles } from "../../support/servers.ts";

/** Of version 1, which not all runtimes know; its key is `leaf.key`. */
const V1 = Deno.readTextFileSync(
  new URL("../../support/tls/v1.pem", import.meta.url),
);

function armoured(label: string, text: string): string {
  return `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`;
}

/** What is between the lines of hyphens. */
function bare(pem: string): string {
  return pem.replace(/-----.*-----/g, "").trim();
}

/** Asks a server of TLS at its host and at an address, and verifies the options. */
async function askBoth(options: HttpOptions) {
  await using server = httpServer(() => new Response("ok"), { tls: true });
  const { authority } = server;
  const ask = (options: HttpOptions) =>
    http(`https://${authority}/`, options)(patient());
  return {
    host: await ask(options),
    address: await ask({ ...options, address: authority }),
    problems: (await verifyTls(options)).problems.map(({ problem }) => problem),
  };
}

const NO_USE: [HttpOptions, string | RegExp][] = [
  [{ ca: "/tmp" }, "Cannot read /tmp: expected a file, got a folder"],
  [{ ca: "/tmp/none.pem" }, "Cannot read /tmp/none.pem: no such file"],
  // Its name is no symptom of the target.
  [
    { ca: `${pemFiles.ca}/tls_cert` },
    `Cannot read ${pemFiles.ca}/tls_cert: Not a directory (os error 20)`,
  ],
  [
    { ca: pemFiles.key },
    `Expected a line -----BEGIN CERTIFICATE----- in ${pemFiles.key}`,
  ],
  [
    { ca: armoured("PRIVATE KEY", "abcd") },
    "Expected a line -----BEGIN CERTIFICATE----- in ca",
  ],
  [
    { ca: pem.ca.replaceAll("\n", " ") },
    "Expected a line -----BEGIN CERTIFICATE----- in ca",
  ],
  [
    { ca: pem.ca.replaceAll(/^/gm, "> ") },
    "Expected a line -----BEGIN CERTIFICATE----- in ca",
  ],
  [{ ca: armoured("CERTIFICATE", "YWJj") }, "Cannot use ca: BadEncoding"],
  [{ ca: armoured("CERTIFICATE", "!") }, /^Cannot use ca: .*InvalidByte/],
  [
    { ca: pem.ca + armoured("CERTIFICATE", bare(pem.cert)).slice(0, 90) },
    "Cannot use ca: Unable to add pem file to certificate store: section end …",
  ],
  [
    { cert: pem.cert, key: armoured("PRIVATE KEY", "YWJj") },
    /^Cannot use cert, key: .*failed to parse private key/,
  ],
  [
    { cert: pem.cert, key: pem.cert },
    "Expected a line -----BEGIN PRIVATE KEY----- in key",
  ],
  // It might be the key itself.
  [
    { cert: pem.cert, key: "/tmp/none.key" },
    "Cannot read the key file: no such file",
  ],
  [
    { cert: pem.cert, key: pemFiles.cert },
    "Expected a line -----BEGIN PRIVATE KEY----- in the key file",
  ],
  // Not all that openssl writes is read by all.
  [
    { ca: pem.ca.replaceAll("CERTIFICATE", "X509 CERTIFICATE") },
    "Expected a line -----BEGIN CERTIFICATE----- in ca",
  ],
];

for (const [options, message] of NO_USE) {
  Deno.test(`http() blames no target for its own TLS: ${message}`, async () => {
    const { host, address, problems } = await askBoth(options);
    assertOutcome(host, ["error", "internal"], message);
    assertOutcome(address, ["error", "internal"], message);
    // `lifesign validate` says the same.
    assertEquals(problems, [lowerFirst(host.reason!.message)]);
  });
}

for (
  const [what, options] of Object.entries<HttpOptions>({
    "with a byte order mark": { ca: `\ufeff${pem.ca}` },
    "with the line ends of Windows": { ca: pem.ca.replaceAll("\n", "\r\n") },
    "with the line ends of old": { ca: pem.ca.replaceAll("\n", "\r") },
    "with line ends that are escaped": { ca: pem.ca.replaceAll("\n", "\\n") },
    "with others that are": { ca: pem.ca.replaceAll("\n", "\\r\\n") },
    "joined without a line end": { ca: pem.cert.trim() + pem.ca },
    "with text around it": { ca: `# ours\n\n${pem.ca}\nthat is all` },
    "with much else": { ca: pem.key + pem.cert + pem.ca },
    "of a chain": { ca: pem.ca, cert: pem.cert + pem.ca, key: pem.key },
  })
) {
  Deno.test(`http() takes PEM ${what}`, async () => {
    const { host, address, problems } = await askBoth(options);
    assertPass(host, { httpStatus: 200 });
    assertPass(address, { httpStatus: 200 });
    assertEquals(problems, []);
  });
}

Deno.test("http() shows a certificate of version 1, and refuses PEM that is cut", async () => {
  const old = await askBoth({ ca: pem.ca, cert: V1, key: pem.key });
  assertPass(old.host, { httpStatus: 200 });
  assertPass(old.address, { httpStatus: 200 });
  assertEquals(old.problems, []);
  const short = await askBoth({ ca: pem.ca.replace(/=+(?=\n)/, "") });
  // Without being tried before, it would have ended the process.
  assertOutcome(short.host, ["error", "internal"], /^Cannot use ca: /);
  assertOutcome(short.address, ["error", "internal"], /^Cannot use ca: /);
  assertEquals(short.problems, [lowerFirst(short.host.reason!.message)]);
});

Deno.test("http() takes torn PEM for no path, and does not show it", () => {
  const { cert, key } = pem;
  const torn = bare(key);
  for (
    const key of [
      "",
      torn,
      `${torn}\n`,
      torn.replaceAll("\n", ""),
      torn.replaceAll("\n", "\\n"),
      `"${torn}"`,
      torn.replaceAll("\n", "").replaceAll("+", "-").replaceAll("/", "_"),
      pem.key.replace(/^.*\n/, ""),
      pem.key.slice(1),
      btoa(pem.key),
      // As a file of variables has it that ends a value with the line.
      torn.split("\n")[0]!,
      `base64:${btoa(pem.key)}`,
    ]
  ) {
    const { message } = assertThrows(
      () => http("https://localhost/", { cert, key }),
      OptionError,
    );
    assertEquals(
      message,
      "key: expected PEM or the path of a PEM file, got neither",
      key,
    );
  }
});

Deno.test("http() takes what may be a path for one", () => {
  for (
    const ca of [
      "M",
      "MI",
      "MAIN/production/tls/client/certificate/current",
      "MONITORING/certificates/production/clientauthority",
      "C:\\new\\root.pem",
      `MA${" ".repeat(100_000)}-`,
    ]
  ) {
    assertEquals(
      http("https://localhost/", { ca }).permissions.at(-1),
      { name: "read", path: ca },
    );
  }
});

Deno.test("a ca file that is never read to its end blames no target", async () => {
  await using fifo = await makeFifo();
  const probe = http("https://localhost:1/", { ca: fifo.path });
  const { promise, resolve } = Promise.withResolvers<AttemptResult | null>();
  const attempt = startAttempt(probe, 100, { onEnd: resolve });
  assertEquals((await promise)?.outcome.reason, {
    code: "internal",
    message: "No verdict: the probe was not ready after 100ms",
  });
  await fifo.release();
  await attempt.atRest;
});

Deno.test("an attempt that is given up while its certificates are read leaves no client", async () => {
  await using server = httpServer(() => new Response("ok"), { tls: true });
  const probe = http(`https://${server.authority}/`, { ca: pemFiles.ca });
  const { promise, resolve } = Promise.withResolvers<AttemptResult | null>();
  const attempt = startAttempt(probe, 5000, { onEnd: resolve });
  attempt.abort();
  assertEquals(await promise, null);
  await attempt.atRest;
});
