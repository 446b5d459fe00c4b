import { assertEquals } from "@std/assert";
import { Claim, type Owned } from "../../../src/core/cluster/claim.ts";
import { Lease } from "../../../src/core/cluster/lease.ts";
import { TIMING } from "../../../src/core/cluster/timing.ts";

Deno.test("Lease: it holds from when the renewal was sent", () => {
  const lease = new Lease(TIMING);
  assertEquals(lease.state(0), "none");
  lease.renewed(1_000);
  assertEquals(lease.state(9_999), "held");
  assertEquals(lease.state(10_000), "unsure");
  assertEquals(lease.acts(10_000), false);
  // An older renewal that is answered later changes nothing.
  lease.renewed(500);
  assertEquals(lease.state(9_999), "held");
  lease.end();
  assertEquals(lease.state(9_999), "none");
});

Deno.test("Lease: it goes on while the register cannot be reached", () => {
  const lease = new Lease(TIMING);
  lease.renewed(0);
  lease.failed(6_000, 8_000);
  assertEquals(lease.state(8_000), "held");
  assertEquals(lease.state(11_000), "alone");
  assertEquals(lease.acts(11_000), true);
  // The next failure would be known by then.
  assertEquals(lease.state(12_001), "unsure");
  lease.failed(12_000, 14_000);
  assertEquals(lease.state(14_000), "alone");
  lease.renewed(15_000);
  assertEquals(lease.state(15_000), "held");
  assertEquals(lease.state(24_000), "unsure", "the failure was before");
});

Deno.test("Lease: a failure that is noticed late may be the own process's", () => {
  const lease = new Lease(TIMING);
  lease.renewed(0);
  lease.failed(3_000, 40_000);
  assertEquals(lease.state(40_000), "unsure");
});

/** A claim of a key, and the requests that it makes. */
function claim(): Claim<Owned> {
  return new Claim<Owned>("key", "me", TIMING);
}

Deno.test("Claim: the lease begins when the write was sent, not answered", () => {
  const own = claim();
  const put = own.put(own.owner, 1_000);
  own.answered(put, { type: "done", revision: 1 }, 2_900);
  assertEquals(own.lease.state(9_999), "held");
  assertEquals(own.lease.state(10_000), "unsure");
});

Deno.test("Claim: an answer that comes late does not bring a key back", () => {
  const own = claim();
  const put = own.put(own.owner, 0);
  const value = { instance: "other", term: 0 };
  own.changed({ key: "key", revision: 2, value }, 10);
  assertEquals(own.answered(put, { type: "done", revision: 1 }, 20), null);
  assertEquals([own.isOwn, own.lease.state(20)], [false, "none"]);
});

Deno.test("Claim: news that is older than what is known changes nothing", () => {
  const own = claim();
  own.found({ key: "key", revision: 5, value: own.owner }, 0);
  assertEquals(own.isOwn, true);
  const value = { instance: "other", term: 0 };
  assertEquals(own.changed({ key: "key", revision: 4, value }, 10), null);
  assertEquals(own.isOwn, true);
  assertEquals(own.changed({ key: "key", revision: 6, value }, 20), "taken");
  assertEquals(own.isOwn, false);
});

Deno.test("Claim: a write whose answer was lost is found again", () => {
  const own = claim();
  const first = own.put(own.owner, 0);
  own.answered(first, { type: "unreachable" }, 2_000);
  assertEquals([own.isOwn, own.isDue(2_000)], [false, false]);
  const second = own.put(own.owner, 3_000);
  const entry = { key: "key", revision: 7, value: own.owner };
  own.answered(second, { type: "conflict", entry }, 3_010);
  // When the first was written is not known, so the lease waits for the next.
  assertEquals([own.isOwn, own.lease.state(3_010)], [true, "none"]);
  const third = own.put(own.owner, 3_020);
  assertEquals(third, {
    type: "write",
    write: { type: "put", key: "key", revision: 7, value: own.owner },
  });
  own.answered(third, { type: "done", revision: 8 }, 3_030);
  assertEquals(own.lease.state(3_030), "held");
});

Deno.test("Claim: what is set back to an earlier term is not owned", () => {
  const own = claim();
  const old = own.owner;
  own.found({ key: "key", revision: 1, value: old }, 0);
  assertEquals(own.found(null, 10), "lost");
  own.found({ key: "key", revision: 1, value: old }, 20);
  assertEquals(own.isOwn, false);
});

Deno.test("Claim: a conflict that cannot be read asks for a list", () => {
  const own = claim();
  const put = own.put(own.owner, 0);
  own.answered(put, { type: "conflict", entry: undefined }, 500);
  assertEquals(own.missesEcho(500), true);
  assertEquals([own.isDue(1_499), own.isDue(1_500)], [false, true]);
  own.listed(null, 600);
  assertEquals(own.missesEcho(600), false);
});
