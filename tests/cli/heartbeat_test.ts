import { assert, assertEquals, assertMatch } from "@std/assert";
import { type RunningAgent, startAgent } from "../support/agent.ts";
import { lifesign } from "../support/program.ts";
import { folderOf } from "../support/plugins.ts";
import { statesIn } from "../support/history.ts";

const TOKEN = "app-t0ken";
const AUTHORIZED = { headers: { authorization: `Bearer ${TOKEN}` } };

/** A folder with a config of heartbeats, whose history is kept beside it. */
async function placeOf(
  checks: string,
): Promise<{ readonly path: string } & AsyncDisposable> {
  const folder = await folderOf({ "lifesign.yaml": "" });
  await Deno.writeTextFile(
    `${folder.path}/lifesign.yaml`,
    `{ listen: "127.0.0.1:0", token: ${TOKEN}, history: ${folder.path}/lifesign.db, checks: { ${checks} } }`,
  );
  return folder;
}

async function ping(
  agent: RunningAgent,
  path: string,
  init: RequestInit = {},
): Promise<number> {
  const response = await agent.ask(`ping/${path}`, init);
  await response.body?.cancel();
  return response.status;
}

/** Waits until the state of a check in the history says something. */
async function untilSaved(folder: string, text: string): Promise<void> {
  while (true) {
    if (statesIn(`${folder}/lifesign.db`).includes(text)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const DAILY =
  "job: { type: heartbeat, every: 1d, max_runtime: 1h, token: 0wn }";

Deno.test("an agent takes pings, and remembers them when it is killed", async () => {
  await using folder = await placeOf(DAILY);
  let runs: number;
  {
    await using agent = await startAgent(folder.path, AUTHORIZED);
    assertEquals((await agent.check("job")).status, "unknown");
    assertEquals(await ping(agent, "job/start?rid=a"), 200);
    assertEquals(await ping(agent, "job?rid=a", { method: "HEAD" }), 200);
    assertEquals(
      await ping(agent, "job/start?token=0wn", { headers: {} }),
      200,
    );
    assertEquals(
      await ping(agent, "job?token=0wm", { headers: {} }),
      401,
    );
    const { status, durationMs, nextAt, attempts } = await agent.check("job");
    assertEquals(status, "healthy");
    assert(durationMs !== null && nextAt !== null);
    runs = attempts;
    await untilSaved(folder.path, '"startedAt"');
    agent.kill("SIGKILL");
    await agent.ended;
  }
  await using agent = await startAgent(folder.path, AUTHORIZED);
  const { status, stale, attempts } = await agent.check("job");
  assertEquals([status, stale, attempts], ["healthy", undefined, runs]);
  const ready = await agent.ask("readyz");
  assertEquals([ready.status, await ready.text()], [200, "ok\n"]);
  // Its start is remembered, too.
  await ping(agent, "job/3", { method: "POST", body: "disk full\n" });
  const failed = await agent.check("job");
  assertEquals(
    failed.reason?.message,
    "Expected exit code 0, got 3: disk full",
  );
  assert(failed.durationMs !== null);
});

Deno.test("an agent that was down tells of no miss before the grace is over again", async () => {
  await using folder = await placeOf(
    "job: { type: heartbeat, every: 1s, grace: 5s }, short: { type: heartbeat, every: 100ms, grace: 1s }",
  );
  {
    await using agent = await startAgent(folder.path, AUTHORIZED);
    await ping(agent, "job");
    await ping(agent, "short");
    const { reason, attempts } = await agent.until(
      "short",
      ({ status }) => status === "unhealthy",
    );
    assertEquals([reason?.code, attempts], ["missed", 2]);
    await untilSaved(folder.path, '"missed"');
    agent.kill("SIGKILL");
    await agent.ended;
  }
  // By then, it is 5 s too late.
  await new Promise((resolve) => setTimeout(resolve, 7000));
  const before = Date.now();
  await using agent = await startAgent(folder.path, AUTHORIZED);
  const job = await agent.until("job", ({ attempts }) => attempts === 2);
  assertEquals([job.status, job.reason?.code], ["unhealthy", "missed"]);
  assert(Date.parse(`${job.since}`) - before >= 5000);
  // What was missed before is not missed again.
  const { status, attempts } = await agent.check("short");
  assertEquals([status, attempts], ["unhealthy", 2]);
});

Deno.test("an agent bears 12,000 pings, large bodies and slow ones", async () => {
  await using folder = await placeOf(
    `${DAILY}, slow: { type: heartbeat, every: 1d }`,
  );
  await using agent = await startAgent(folder.path, AUTHORIZED);
  // It is never finished.
  const slow = await Deno.connect({
    hostname: "127.0.0.1",
    port: Number(new URL(agent.url).port),
  });
  using _slow = slow;
  const request =
    `POST /ping/slow/7?token=${TOKEN} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nnot all`;
  await slow.write(new TextEncoder().encode(request));

  const large = new Uint8Array(10_000_000).fill(0x61);
  for (const body of [large, "x"]) {
    assertEquals(await ping(agent, "job/log", { method: "POST", body }), 200);
  }
  const memory = async () => {
    const text = await (await agent.ask("metrics")).text();
    return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)![1]);
  };
  let sent = 0;
  const flood = async (count: number): Promise<void> => {
    const end = sent + count;
    await Promise.all(Array.from({ length: 16 }, async () => {
      while (sent < end) {
        const signal = ["start", "log", "0"][sent % 3];
        const path = `job/${signal}?rid=${sent++}`;
        const body = `${sent}`.padEnd(9000, "o");
        assertEquals(await ping(agent, path, { method: "POST", body }), 200);
      }
    }));
  };
  await flood(4000);
  const before = await memory();
  await flood(8000);
  const grown = await memory() - before;
  assert(grown < 64 * 1024 * 1024, `${grown}`);
  assert(statesIn(`${folder.path}/lifesign.db`).length < 200_000);

  // The slow one counts when its time is over.
  const { detail } = await agent.until(
    "slow",
    ({ detail }) => detail?.exitCode === 7,
  );
  assertEquals(detail?.output, "not all");
  const answer = new Uint8Array(100);
  const count = await slow.read(answer);
  const [line] = new TextDecoder().decode(answer.subarray(0, count!))
    .split("\r\n");
  assertEquals(line, "HTTP/1.1 200 OK");
});

Deno.test("validate prints the next runs of a schedule, and permissions nothing for them", async () => {
  await using folder = await placeOf(
    "job: { type: heartbeat, schedule: '30 2 1 1 *', timezone: Europe/Berlin }, other: { type: heartbeat, every: 1h }",
  );
  const file = `${folder.path}/lifesign.yaml`;
  const { code, stdout } = await lifesign(["validate", file]);
  assertEquals(code, 0);
  const [first, second, ...rest] = stdout.split("\n");
  assertEquals([first, rest], [`${file}: 2 checks, no problems`, [""]]);
  assertMatch(
    second!,
    /^ {2}job: the next runs are at (?:\d{4}-01-01 02:30, ){2}\d{4}-01-01 02:30 \(Europe\/Berlin\)$/,
  );
  const needed = await lifesign(["permissions", file]);
  assertMatch(
    needed.stdout,
    /^--allow-net=127\.0\.0\.1:0 --allow-read=\S+ --allow-write=\S+\n$/,
  );
});
