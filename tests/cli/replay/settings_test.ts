import { assertEquals, assertThrows } from "@std/assert";
import { OptionError } from "../../../src/core/option_error.ts";
import { parsePolicy, type PolicyOptions } from "../../../src/core/policy.ts";
import { policyInFile, Settings } from "../../../src/cli/replay/settings.ts";
import type { Check } from "../../../src/cli/targets.ts";
import { UsageError } from "../../../src/cli/usage.ts";
import { PASS, scripted } from "../../support/probes.ts";

function check(id: string, options: PolicyOptions = {}): Check {
  return { id, probe: scripted([PASS]), options };
}

const WEB = check("web", { interval: "20s", retries: 2 });
const ODD = check("a=b\nc.interval", { backoff: false });

function policyOf(check: Check, ...texts: string[]) {
  return new Settings(texts, [WEB, ODD], {
    file: "lifesign.yaml",
    ids: [WEB.id, ODD.id, "not-selected"],
  }).policyOf(check);
}

Deno.test("Settings change the policies of all checks, or of one", () => {
  for (
    const [texts, web, odd] of [
      [[], {}, {}],
      [["retries=5"], { retries: 5 }, { retries: 5 }],
      [["checks.web.retries=5"], { retries: 5 }, {}],
      [
        ["checks.a=b\nc.interval.interval=1m30s"],
        {},
        { interval: "1m30s" },
      ],
      // The own one prevails, wherever it is.
      [
        ["checks.web.rise=2", "rise=3", "rise=4"],
        { rise: 2 },
        { rise: 4 },
      ],
      [["backoff=false"], { backoff: false }, {}],
      [["checks.not-selected.retries=5"], {}, {}],
      [
        ["backoff.factor=1.5", "backoff.max=5m"],
        { backoff: { factor: 1.5, max: "5m" } },
        { backoff: { factor: 1.5, max: "5m" } },
      ],
      [
        ["timeout=1s", "start_period=1m", "start_interval=2s"],
        { timeout: "1s", startPeriod: "1m", startInterval: "2s" },
        { timeout: "1s", startPeriod: "1m", startInterval: "2s" },
      ],
    ] as const
  ) {
    for (const [check, changes] of [[WEB, web], [ODD, odd]] as const) {
      assertEquals(
        policyOf(check, ...texts),
        parsePolicy({ ...check.options, ...changes }),
        texts.join(),
      );
    }
  }
});

Deno.test("policyInFile() is that of a fleet, which takes reported results at once", () => {
  assertEquals(policyInFile(WEB).retries, 2);
  const probe = Object.assign(scripted([PASS]), {
    follow: () => ({ [Symbol.dispose]() {} }),
  });
  assertEquals(policyInFile({ ...ODD, probe }).retries, 1);
});

Deno.test("Settings leave a check that makes no attempts as it is", () => {
  const probe = Object.assign(scripted([PASS]), {
    follow: () => ({ [Symbol.dispose]() {} }),
  });
  const job: Check = { id: "job", probe, options: {} };
  const known = { file: "lifesign.yaml", ids: ["web", "job"] };
  const settings = new Settings(["retries=5"], [WEB, job], known);
  assertEquals(settings.policyOf(WEB).retries, 5);
  assertEquals(settings.policyOf(job), policyInFile(job));
  assertThrows(
    () => new Settings(["checks.job.retries=5"], [WEB, job], known),
    UsageError,
    '--set checks.job.retries=5: "job" makes no attempts, and has no retries',
  );
});

for (
  const [text, message] of [
    [
      "retries",
      `--set: expected a key and a value such as retries=5, got "retries"`,
    ],
    [
      "retrys=5",
      `--set retrys=5: expected interval, timeout, retries, rise, start_period, start_interval, backoff.factor, backoff.max, or backoff, got "retrys"; did you mean retries?`,
    ],
    [
      "checks.web.url=x",
      `--set checks.web.url=x: expected interval, timeout, retries, rise, start_period, start_interval, backoff.factor, backoff.max, or backoff, got "url"`,
    ],
    [
      "checks.wbe.retries=5",
      `--set checks.wbe.retries=5: there is no check "wbe" in lifesign.yaml; did you mean "web"?`,
    ],
    [
      "retries=0",
      "--set retries=0: expected a whole number of 1 or more, got 0",
    ],
    [
      "retries=",
      "--set retries=: expected a whole number of 1 or more, got NaN",
    ],
    [
      "backoff=true",
      `--set backoff=true: expected false, or backoff.factor or backoff.max, got "true"`,
    ],
    [
      "checks.web.interval=5",
      `--set checks.web.interval=5: expected a duration such as "500ms", "10s" or "1m30s", got "5"`,
    ],
    [
      "backoff.factor=0.5",
      "--set backoff.factor=0.5: expected a number of 1 or more, got 0.5",
    ],
    [
      "__proto__=1",
      `--set __proto__=1: expected interval, timeout, retries, rise, start_period, start_interval, backoff.factor, backoff.max, or backoff, got "__proto__"`,
    ],
  ] as const
) {
  Deno.test(`Settings say what is wrong with ${text}`, () => {
    const error = assertThrows(() => policyOf(WEB, text), UsageError);
    assertEquals(error.message, message);
    assertEquals(
      error.cause === undefined || error.cause instanceof OptionError,
      true,
    );
  });
}
