import { assertEquals, assertThrows } from "@std/assert";
import { OptionError } from "../../../src/core/option_error.ts";
import {
  expiryDetail,
  type ExpiryLimits,
  expiryTest,
} from "../../../src/probes/connection/expiry.ts";
import { http } from "../../../src/probes/http/http.ts";
import { assertOutcome, patient } from "../../support/outcomes.ts";
import { httpServer, pem } from "../../support/servers.ts";

const DAY = 86_400_000;

/** A certificate of 90 days. */
const lifetime = { from: 0, to: 90 * DAY };

const TABLE: readonly (readonly [ExpiryLimits, number, string])[] = [
  [{}, 1, "pass"],
  [{ warn: "21d" }, 22, "pass"],
  [{ warn: "21d" }, 21, "pass"],
  [
    { warn: "21d" },
    20,
    "warn: valid for 21d or more, got one that ends in 20d",
  ],
  [
    { warn: "21d", fail: "7d" },
    8,
    "warn: valid for 21d or more, got one that ends in 8d",
  ],
  [
    { warn: "21d", fail: "7d" },
    6.5,
    "fail: valid for 7d or more, got one that ends in 6d12h",
  ],
  [{ fail: "7d" }, -1, "fail: valid for 7d or more, got one that has expired"],
  [{ warn: "20%" }, 18, "pass"],
  [
    { warn: "20%" },
    17,
    "warn: valid for 20% of its lifetime or more, got one that ends in 17d",
  ],
  [
    { warn: "20%", fail: "1d" },
    0.5,
    "fail: valid for 1d or more, got one that ends in 12h",
  ],
  [
    { fail: "2.5%" },
    2,
    "fail: valid for 2.5% of its lifetime or more, got one that ends in 2d",
  ],
];

for (const [limits, days, expected] of TABLE) {
  Deno.test(`a certificate with ${days} days left is judged by ${JSON.stringify(limits)}`, () => {
    const outcome = expiryTest("certificate", limits)(
      lifetime,
      (90 - days) * DAY,
      {},
    );
    assertEquals(
      outcome === undefined
        ? "pass"
        : `${outcome.verdict}: ${
          outcome.reason?.message.replace("Expected a certificate that is ", "")
        }`,
      expected,
    );
    assertEquals(outcome?.reason?.code, outcome && "expired");
  });
}

Deno.test("expiryTest() refuses limits that cannot be right", () => {
  const table: [ExpiryLimits, string][] = [
    [{ warn: "soon" }, "certificate.warn"],
    [{ fail: -1 }, "certificate.fail"],
    [{ warn: "101%" }, "certificate.warn"],
    [{ warn: "-1%" }, "certificate.warn"],
    [{ warn: "7d", fail: "21d" }, "certificate.warn"],
    [{ warn: "7d", fail: "7d" }, "certificate.warn"],
    [{ warn: "5%", fail: "10%" }, "certificate.warn"],
  ];
  for (const [limits, option] of table) {
    const error = assertThrows(
      () => expiryTest("certificate", limits),
      OptionError,
    );
    assertEquals(error.option, option);
  }
});

Deno.test("expiryDetail() has the days that are left, and those that are over", () => {
  assertEquals(expiryDetail(lifetime, 88.75 * DAY), {
    certExpiresAt: "1970-04-01T00:00:00Z",
    certDaysLeft: 1.2,
  });
  assertEquals(expiryDetail(lifetime, 92 * DAY).certDaysLeft, -2);
});

Deno.test("http() judges when the certificate ends, and tells it in every case", async () => {
  await using server = httpServer(() => new Response("ok"), { tls: true });
  const ask = (certificate: ExpiryLimits, ca = pem.ca) =>
    http(`https://${server.authority}/`, { ca, certificate })(patient());
  const passed = await ask({ warn: "20000d", fail: "10%" });
  assertEquals(passed.verdict, "pass");
  assertEquals(passed.detail?.certExpiresAt, "2120-01-01T00:00:00Z");
  assertOutcome(await ask({ warn: "40000d" }), ["warn", "expired"]);
  assertOutcome(
    await ask({ fail: "40000d" }),
    ["fail", "expired"],
    /^Expected a certificate that is valid for 40000d or more, got one that ends in 3\d{4}d/,
  );
  const untrusted = await http(`https://${server.authority}/`)(patient());
  assertOutcome(untrusted, ["fail", "tls"]);
  assertEquals(untrusted.detail?.certExpiresAt, "2120-01-01T00:00:00Z");
});

Deno.test("http() takes no limit of a certificate without TLS", () => {
  const error = assertThrows(
    () => http("http://127.0.0.1/", { certificate: { warn: "1d" } }),
    OptionError,
  );
  assertEquals(error.option, "certificate");
});
