import { assertEquals } from "@std/assert";
import type { Status } from "../../src/core/types.ts";
import { blocks } from "../support/docs.ts";
import { type CheckPast, writeHistory } from "../support/past_store.ts";
import { lifesign } from "../support/program.ts";
import { failing, record, START } from "../support/recorded.ts";
import { commandsOf } from "./session.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FROM = Date.UTC(2025, 9, 6);
const TO = FROM + 7 * 24 * HOUR;

const CONFIG = `
history: lifesign.db
defaults: { interval: 1m, backoff: false }
checks:
  web: { type: tcp, port: 1, group: edge }
  api: { type: tcp, port: 2, group: edge }
  db: { type: tcp, port: 3 }
`;

/** A week of a check that failed for some minutes, hours after its beginning. */
function weekOf(
  check: string,
  failures: readonly (readonly [hour: number, minutes: number])[],
  durationMs: number,
) {
  const spans = failures.map(([hour, minutes]) =>
    [hour * HOUR, hour * HOUR + minutes * MINUTE] as const
  );
  const { attempts, incidents } = record(failing(...spans), {
    options: { interval: "1m", backoff: false },
    ms: TO - FROM,
  });
  const shift = (at: number): number => at - START + FROM;
  const shifted = incidents.map((incident) => ({
    ...incident,
    check,
    id: `${check}-${incident.id}`,
    began: shift(incident.began),
    ended: shift(incident.ended!),
  }));
  const statuses: [number, Status][] = [[FROM, "healthy"]];
  for (const { began, ended } of shifted) {
    statuses.push([began, "unhealthy"], [ended, "healthy"]);
  }
  const past: CheckPast = {
    statuses,
    attempts: attempts.map((attempt, i) => ({
      ...attempt,
      at: shift(attempt.at),
      durationMs: durationMs * (1 + i % 20 / 10),
    })),
  };
  return { past, incidents: shifted };
}

/** The pages of what a week shows, and what it was like. */
async function writeWeek(folder: string): Promise<void> {
  const web = weekOf("web", [[20, 4], [50, 3], [90, 21], [130, 4]], 12);
  const api = weekOf("api", [[90, 22]], 30);
  const db = weekOf("db", [], 0.4);
  await Deno.writeTextFile(`${folder}/lifesign.yaml`, CONFIG);
  writeHistory(`${folder}/lifesign.db`, {
    checks: { web: web.past, api: api.past, db: db.past },
    incidents: [...web.incidents, ...api.incidents],
    // It was stopped for an hour and a half.
    runs: [
      { from: FROM, to: FROM + 60 * HOUR },
      { from: FROM + 61.5 * HOUR, to: TO },
    ],
    batchMs: HOUR,
  });
}

Deno.test("docs/report.md shows what report and replay print", async () => {
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  try {
    await writeWeek(folder);
    for (const text of await blocks("report", "past")) {
      for (const { line, output } of commandsOf({ text })) {
        const [, ...args] = line.replaceAll("\\\n", " ").split(/\s+/);
        const { stdout, stderr } = await lifesign(args, { cwd: folder });
        assertEquals([stdout.trimEnd(), stderr], [output.trimEnd(), ""], line);
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
