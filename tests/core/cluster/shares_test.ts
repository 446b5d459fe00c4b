import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { hashOf } from "../../../src/core/cluster/hash.ts";
import {
  type Candidate,
  ownerOf,
  Shares,
} from "../../../src/core/cluster/shares.ts";
import { type Vantage, vantagesOf } from "../../../src/core/cluster/vantage.ts";

function members(count: number, from = 0): Candidate[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `agent-${from + i}`,
    region: null,
    labels: {},
  }));
}

function vantages(count: number): Vantage[] {
  const labels = {};
  return Array.from({ length: count }, (_, i) => ({
    check: `check-${i}`,
    region: null,
    labels,
  }));
}

function owners(shares: Shares): (string | null)[] {
  const owners: (string | null)[] = [];
  for (let i = 0; i < shares.size; i++) owners.push(shares.owner(i));
  return owners;
}

function sizes(owners: readonly (string | null)[]): Map<string | null, number> {
  const sizes = new Map<string | null, number>();
  for (const owner of owners) sizes.set(owner, (sizes.get(owner) ?? 0) + 1);
  return sizes;
}

Deno.test("Shares: 1,000,000 checks are spread evenly, and few move", () => {
  const shares = new Shares(vantages(1_000_000));
  const hundred = members(100);
  shares.change(hundred);
  const before = owners(shares);
  // The deviation is 100 of 10,000, and the largest of 100 shares 2.5 of that.
  for (const size of sizes(before).values()) {
    assert(Math.abs(size - 10_000) < 500, `${size}`);
  }

  const given = new Map<string | null, number>();
  let wrong = 0;
  shares.change([...hundred, ...members(1, 100)], (index, from, to) => {
    if (from !== before[index] || to !== "agent-100") wrong++;
    given.set(from, (given.get(from) ?? 0) + 1);
  });
  assertEquals(given.size, 100, "each gives some");
  for (const size of given.values()) assert(size > 50 && size < 160);

  shares.change(hundred);
  const taken = new Map<string | null, number>();
  shares.change(hundred.slice(1), (index, from, to) => {
    if (from !== before[index] || from !== "agent-0") wrong++;
    taken.set(to, (taken.get(to) ?? 0) + 1);
  });
  assertEquals(taken.size, 99, "each takes some");
  for (const size of taken.values()) assert(size > 50 && size < 160);
  assertEquals(wrong, 0, "moved, but need not");
});

Deno.test("Shares: ids that are much alike get even shares, too", () => {
  for (
    const id of [
      (i: number) => `${i}`,
      (i: number) => `http://10.0.${i >> 8}.${i & 255}/`,
      (i: number) => String.fromCharCode(i),
    ]
  ) {
    for (const count of [2, 3, 10]) {
      const shares = new Shares(
        Array.from({ length: 60_000 }, (_, i) => vantagesOf(id(i))[0]!),
      );
      shares.change(members(count));
      const mean = 60_000 / count;
      for (const size of sizes(owners(shares)).values()) {
        const deviation = Math.sqrt(mean * (1 - 1 / count));
        assert(Math.abs(size - mean) < 4.5 * deviation, `${size} of ${mean}`);
      }
    }
  }
});

Deno.test("Shares: owners never change between versions", () => {
  const shares = new Shares(vantages(8));
  shares.change(members(5));
  assertEquals(
    owners(shares).map((owner) => owner!.at(-1)).join(""),
    "41024213",
  );
});

const PLACE = fc.record({
  region: fc.constantFrom(null, "eu", "us"),
  labels: fc.constantFrom<Record<string, string>>(
    {},
    { net: "office" },
    { net: "lab", os: "linux" },
  ),
});

Deno.test("Shares: after any changes, owners are those of ownerOf()", () => {
  fc.assert(fc.property(
    fc.array(PLACE, { minLength: 1, maxLength: 20 }),
    fc.array(
      fc.uniqueArray(
        fc.record({ id: fc.constantFrom("a", "b", "c", "d", "e", "f") }).chain(
          ({ id }) => PLACE.map((place) => ({ id, ...place })),
        ),
        { selector: ({ id }) => id },
      ),
      { maxLength: 6 },
    ),
    (places, changes) => {
      const all = places.map((place, i) => ({ check: `check-${i}`, ...place }));
      const shares = new Shares(all);
      const known: (string | null)[] = all.map(() => null);
      for (const members of changes) {
        shares.change(members, (index, from, to) => {
          assertEquals(known[index], from);
          assert(from !== to);
          known[index] = to;
        });
        const expected = all.map((vantage) =>
          ownerOf(vantage, members.toReversed())
        );
        assertEquals(owners(shares), expected);
        assertEquals(known, expected);
      }
    },
  ));
});

Deno.test("Shares: a check is run in each of its regions", () => {
  const from = { regions: ["eu", "us", "ap"], labels: {} };
  const shares = new Shares(vantagesOf("api", from));
  shares.change([
    { id: "a", region: "eu", labels: {} },
    { id: "b", region: "eu", labels: {} },
    { id: "c", region: "us", labels: { net: "office" } },
    { id: "d", region: null, labels: {} },
  ]);
  const [eu, us, ap] = owners(shares);
  assert(eu === "a" || eu === "b");
  assertEquals([us, ap], ["c", null], "nobody is in ap");
});

Deno.test("Shares: members of the same score are told apart by id", () => {
  const twins = [...members(1, 33_049), ...members(1, 625_200)];
  assertEquals(hashOf(twins[0]!.id), hashOf(twins[1]!.id));
  const shares = new Shares(vantages(100));
  shares.change(twins);
  assertEquals([...sizes(owners(shares)).keys()], [twins[0]!.id]);
  shares.change([twins[1]!]);
  assertEquals([...sizes(owners(shares)).keys()], [twins[1]!.id]);
  shares.change(twins);
  assertEquals([...sizes(owners(shares)).keys()], [twins[0]!.id]);
});
