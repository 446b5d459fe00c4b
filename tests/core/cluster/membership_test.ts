import { assert, assertEquals } from "@std/assert";
import { Membership } from "../../../src/core/cluster/membership.ts";
import { Others } from "../../../src/core/cluster/others.ts";
import type { Answer } from "../../../src/core/cluster/register.ts";
import { Teller, type TellerValue } from "../../../src/core/cluster/teller.ts";
import { TIMING } from "../../../src/core/cluster/timing.ts";
import type { MemberValue } from "../../../src/core/cluster/view.ts";
import { SimRegister } from "./sim_register.ts";

/** Members of one register, without delays. */
class Room {
  now: number = 0;
  readonly register: SimRegister<MemberValue> = new SimRegister<MemberValue>();
  readonly members: Membership[] = [];

  constructor() {
    this.register.watch((entry) => {
      for (const member of this.members) member.changed(entry, this.now);
    });
  }

  join(id: string, config = "one", instance = id): Membership {
    const profile = { region: null, labels: {}, config };
    const member = new Membership({ id, instance, ...profile });
    this.members.push(member);
    this.wait(0);
    return member;
  }

  /** Lets time pass, with a turn of each member every 250 ms. */
  wait(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      for (const member of this.members) this.turn(member);
      if (this.now >= until) return;
      this.now = Math.min(until, this.now + 250);
    }
  }

  turn(member: Membership): void {
    for (let requests = 1; requests > 0;) {
      const sent = member.requests(this.now);
      requests = sent.length;
      for (const request of sent) {
        if (!this.register.isUp) {
          member.answered(request, { type: "unreachable" }, this.now);
          requests = 0;
        } else if (request.type === "list") {
          member.listed(this.register.list(), this.now);
        } else {
          const answer = this.register.write(request.write);
          member.answered(
            request,
            answer === "conflict"
              ? {
                type: "conflict",
                entry: this.register.get(request.write.key),
              }
              : answer,
            this.now,
          );
        }
      }
    }
  }
}

function ids(member: Membership): string[] | undefined {
  return member.view?.members.map(({ id }) => id);
}

Deno.test("Membership: a new member waits for the list of the others", () => {
  const room = new Room();
  const a = room.join("a");
  const b = new Membership({
    ...{ id: "b", instance: "b", region: null, labels: {}, config: "one" },
  });
  assertEquals(b.requests(0), [{ type: "list" }]);
  assertEquals(b.requests(250), [], "one list is asked for");
  assertEquals(b.view, null);
  b.listed(room.register.list(), 300);
  const [request] = b.requests(300);
  assert(request?.type === "write" && request.write.type === "put");
  assertEquals([b.stage, b.acts(300)], ["joining", false]);
  b.answered(request, { type: "done", revision: 9 }, 310);
  assertEquals([b.stage, b.acts(310)], ["member", true]);
  assertEquals(ids(b), ["a", "b"]);
  assertEquals(request.write.value.view, b.view!.digest, "announced");
  assertEquals(ids(a), ["a"]);
});

Deno.test("Membership: only members with the same config share", () => {
  const room = new Room();
  const [a, b, c] = ["a", "b", "c"].map((id) => room.join(id));
  assertEquals(ids(a!), ["a", "b", "c"]);
  c!.configure({ region: "eu", labels: { net: "lab" }, config: "two" });
  room.wait(0);
  assertEquals([ids(a!), ids(b!), ids(c!)], [["a", "b"], ["a", "b"], ["c"]]);
  a!.configure({ region: "us", labels: {}, config: "two" });
  room.wait(0);
  assertEquals(ids(c!), ["a", "c"]);
  assertEquals(c!.view?.digest, a!.view?.digest);
  assertEquals(c!.view?.members, [
    { id: "a", region: "us", labels: {} },
    { id: "c", region: "eu", labels: { net: "lab" } },
  ]);
});

Deno.test("Membership: the digest changes with a region, and nothing else does", () => {
  const room = new Room();
  const a = room.join("a");
  const b = room.join("b");
  const before = a.view!;
  room.wait(20_000);
  assertEquals(a.view, before, "renewals change nothing");
  b.configure({ region: "eu", labels: {}, config: "one" });
  room.wait(0);
  assert(a.view!.digest !== before.digest);
  assertEquals(a.view!.number, before.number + 1);
});

Deno.test("Membership: a member that does not renew is found after 10 s", () => {
  const room = new Room();
  const a = room.join("a");
  room.join("b");
  room.members.pop();
  room.wait(9_750);
  assertEquals(ids(a), ["a", "b"]);
  room.wait(500);
  assertEquals(ids(a), ["a"]);
  assertEquals(room.register.list().map(({ key }) => key), ["a"]);
});

Deno.test("Membership: older news changes nothing", () => {
  const room = new Room();
  const a = room.join("a");
  room.join("b");
  const { revision, value } = room.register.get("b")!;
  assert(value !== null);
  a.changed({ key: "b", revision: revision - 1, value: null }, room.now);
  assertEquals(ids(a), ["a", "b"]);
  a.changed({ key: "b", revision: revision + 1, value: null }, room.now);
  assertEquals(ids(a), ["a"]);
});

Deno.test("Membership: who is not in a new list is gone at once", () => {
  const room = new Room();
  const a = room.join("a");
  room.join("b");
  a.disconnected();
  const list = room.register.list().filter(({ key }) => key === "a");
  a.listed(list, room.now);
  assertEquals(ids(a), ["a"]);
});

Deno.test("Membership: those whose keys the register has lost may come back", () => {
  const room = new Room();
  const a = room.join("a");
  const b = room.join("b");
  room.register.lose();
  for (const member of room.members) member.disconnected();
  room.members.pop();
  room.wait(3_750);
  assertEquals(ids(a), ["a", "b"]);
  room.wait(500);
  assertEquals(ids(a), ["a"]);
  room.members.push(b);
  room.wait(1_000);
  assertEquals(ids(a), ["a", "b"]);
});

Deno.test("Membership: nobody is found dead while the register does not answer", () => {
  const room = new Room();
  const a = room.join("a");
  const b = room.join("b");
  room.wait(1_000);
  room.register.isUp = false;
  room.wait(60_000);
  assertEquals([ids(a), ids(b)], [["a", "b"], ["a", "b"]]);
  assertEquals([a.lease(room.now), a.acts(room.now)], ["alone", true]);
  room.register.isUp = true;
  room.members.pop();
  room.wait(9_000);
  assertEquals(ids(a), ["a", "b"], "b has its time");
  room.wait(3_000);
  assertEquals(ids(a), ["a"]);
});

Deno.test("Membership: a member whose key others deleted joins again at once", () => {
  const room = new Room();
  const a = room.join("a");
  const b = room.join("b");
  const { revision } = room.register.get("a")!;
  room.register.write({ type: "delete", key: "a", revision });
  assertEquals([a.stage, a.view, a.acts(room.now)], ["joining", null, false]);
  assertEquals(ids(b), ["b"]);
  room.wait(0);
  assertEquals([a.stage, ids(a), ids(b)], ["member", ["a", "b"], ["a", "b"]]);
});

Deno.test("Membership: a key whose end was not heard of is found to be gone", () => {
  const room = new Room();
  const a = room.join("a");
  room.join("b");
  room.members.splice(0);
  const { revision } = room.register.get("b")!;
  room.register.write({ type: "delete", key: "b", revision });
  room.members.push(a);
  room.wait(9_750);
  assertEquals(ids(a), ["a", "b"]);
  room.wait(500);
  assertEquals(ids(a), ["a"]);
});

Deno.test("Others: a key that is not there any more is gone", () => {
  const others = new Others(TIMING);
  const value: MemberValue = {
    ...{ instance: "b", term: 0, region: null, labels: {}, config: "one" },
    ...{ view: "", leaving: false },
  };
  others.changed({ key: "b", revision: 3, value }, 0);
  const [write] = others.silent(10_000, 0);
  assertEquals(write, { type: "delete", key: "b", revision: 3 });
  assertEquals(others.silent(11_000, 0), [], "it is asked for once");
  others.differs(write!, { key: "b", revision: 4, value }, 12_000);
  assertEquals(others.silent(21_999, 0), []);
  others.differs({ key: "b", revision: 3 }, null, 22_000);
  assert(others.get("b") !== undefined, "it has changed since");
  others.differs({ key: "b", revision: 4 }, null, 22_000);
  assertEquals(others.get("b"), undefined);
});

Deno.test("Membership: leaving says so, and then deletes the key", () => {
  const room = new Room();
  const a = room.join("a");
  const b = room.join("b");
  a.leave();
  room.wait(0);
  assertEquals([ids(a), ids(b)], [["b"], ["b"]]);
  assertEquals([a.stage, a.acts(room.now)], ["leaving", true]);
  room.wait(600);
  assertEquals(a.viewOf("b"), a.view!.digest, "b has announced it");
  a.depart();
  room.wait(0);
  assertEquals([a.stage, a.acts(room.now)], ["left", false]);
  assertEquals(room.register.list().map(({ key }) => key), ["b"]);
  assertEquals(a.requests(room.now), []);
});

Deno.test("Membership: who has not joined leaves at once", () => {
  const room = new Room();
  room.register.isUp = false;
  const a = room.join("a");
  a.leave();
  assertEquals(a.stage, "left");
});

Deno.test("Teller: the first one waits, and who steps down is followed at once", () => {
  const register = new SimRegister<TellerValue>();
  const [a, b] = ["a", "b"].map((id) =>
    new Teller({ key: "teller", id, instance: id })
  ) as [Teller, Teller];
  let now = 0;
  register.watch((entry) => {
    for (const teller of [a, b]) teller.changed(entry, now);
  });
  const wait = (ms: number) => {
    for (const until = now + ms; now < until; now += 250) {
      for (const teller of [a, b]) {
        for (const request of teller.requests(now)) {
          if (request.type === "list") {
            teller.listed(register.get("teller"), now);
            continue;
          }
          const answer = register.write(request.write);
          const conflict: Answer<TellerValue> = {
            type: "conflict",
            entry: register.get("teller"),
          };
          teller.answered(
            request,
            answer === "conflict" ? conflict : answer,
            now,
          );
        }
      }
    }
  };
  wait(9_750);
  assertEquals([a.tells(now), b.tells(now)], [false, false]);
  wait(1_000);
  assertEquals([a.tells(now), b.tells(now)], [true, false]);
  assertEquals([a.holder, b.holder], ["a", "a"]);
  const revision = a.revision!;
  a.stepDown();
  assertEquals(a.tells(now), false);
  wait(500);
  assertEquals([a.isGone, b.tells(now), b.holder], [true, true, "b"]);
  assert(b.revision! > revision);
  wait(30_000);
  assertEquals([a.tells(now), b.tells(now)], [false, true]);
});
