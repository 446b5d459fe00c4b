import { assertEquals } from "@std/assert";
import { probe } from "../../mod.ts";
import {
  type Kind,
  KINDS,
  OptionError,
  parseConfig,
} from "../../src/agent/config.ts";
import { verifyChecks } from "../../src/config/verify.ts";

/** What `verify` of a plugin does, and the problem that is reported. */
const WRONG:
  readonly (readonly [name: string, verify: unknown, said: string])[] = [
    ["throws an error", () => {
      throw new Error("No\nway");
    }, "Error: No way"],
    ["rejects with null", () => Promise.reject(null), "null"],
    [
      "rejects with an object without a string",
      () => Promise.reject(Object.create(null)),
      "Object that cannot be made a string",
    ],
    [
      "returns nothing",
      () => undefined,
      "expected verify() to return { problems, missing }, got nothing",
    ],
    [
      "returns null",
      () => null,
      "expected verify() to return { problems, missing }, got null",
    ],
    [
      "returns an empty map",
      () => ({}),
      "expected verify() to return { problems, missing }, got an empty map",
    ],
    [
      "returns a problem that is a string",
      () => ({ problems: ["No"], missing: [] }),
      'expected verify() to return problems that are OptionErrors, got "No"',
    ],
    [
      "returns a permission that Deno does not have",
      () => ({ problems: [], missing: [{ name: "bogus" }] }),
      'expected verify() to return missing permissions: expected a permission with one of the names "env", "ffi", "import", "net", "read", "run", "sys", "write", got "bogus"',
    ],
    [
      "returns a note that is no string",
      () => ({ problems: [], missing: [], notes: [1] }),
      "expected verify() to return notes that are strings, got a list",
    ],
    [
      "never ends",
      () => new Promise(() => {}),
      "verify() did not end within 0.2s",
    ],
  ];

/** Two checks of a kind with a `verify`. */
function checksWith(verify: unknown) {
  const toy: Kind = {
    schema: { properties: { path: { type: "string" } } },
    make: () =>
      probe(() => Promise.resolve({ verdict: "pass" }), { type: "toy" }),
    verify: verify as NonNullable<Kind["verify"]>,
  };
  return parseConfig(
    "checks: { a: { type: toy, path: x }, b: { type: tcp, port: 1 } }",
    { kinds: { ...KINDS, toy } },
  ).checks;
}

for (const [name, verify, said] of WRONG) {
  Deno.test(`a verify() that ${name} is a problem of the check`, async () => {
    assertEquals(await verifyChecks(checksWith(verify), 200), {
      issues: [{ path: "checks.a", message: `cannot verify it: ${said}` }],
      missing: [],
      notes: [],
    });
  });
}

Deno.test("verifyChecks() gives the problems, permissions and notes that a kind returns", async () => {
  const missing = [{ name: "read", path: "/x" }] as const;
  const verify = () =>
    Promise.resolve({
      problems: [new OptionError("path", "no such file")],
      missing,
      notes: ["It is\nlarge"],
    });
  assertEquals(await verifyChecks(checksWith(verify)), {
    issues: [{ path: "checks.a.path", message: "no such file" }],
    missing: [...missing],
    notes: [["a", "It is large"]],
  });
});
