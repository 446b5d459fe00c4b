import { assertEquals } from "@std/assert";
import type { Taken } from "../receiver.ts";
import { falseIncidents, judgeMessages } from "./messages.ts";

const outages = [
  { check: "a", from: 100, to: 200 },
  { check: "a", from: 220, to: 320 },
];

function message(event: string, began: number, key = `${began}`): Taken {
  const about = [{
    id: key,
    key,
    check: "a",
    began: new Date(began).toISOString(),
  }];
  return { id: "", event, incidents: [key], about, at: 0, url: null };
}

Deno.test("judgeMessages() finds what was lost, and what was told twice", () => {
  const judged = (taken: Taken[], from = 0, to = 1000) => {
    const { findings, ...counts } = judgeMessages(
      { from, to },
      outages,
      taken,
      50,
    );
    assertEquals(findings.length > 0, counts.lost + counts.doubled > 0);
    return counts;
  };
  const first = [message("down", 110), message("up", 110)];
  const second = [message("down", 230), message("up", 230)];
  const right = { outages: 2, lost: 0, doubled: 0, forked: 0 };
  assertEquals(judged([...first, ...second]), right);
  assertEquals(judged(first), { ...right, lost: 2 });
  assertEquals(judged(first, 0, 200), { ...right, outages: 1 });
  assertEquals(judged([...first, ...second, message("down", 110)]), {
    ...right,
    doubled: 1,
  });
  assertEquals(judged([...first, ...second, message("down", 112)]), {
    ...right,
    doubled: 1,
    forked: 1,
  });
});

Deno.test("falseIncidents() finds what no outage explains", () => {
  const incidents = [90, 110, 360, 380].map((began) =>
    message("down", began).about[0]!
  );
  const found = falseIncidents(incidents, outages, 50);
  assertEquals(found.map(({ id }) => id), ["90", "380"]);
});
