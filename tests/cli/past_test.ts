import { assert, assertEquals, assertMatch } from "@std/assert";
import { startScript } from "../support/program.ts";

Deno.test("an agent with a history shows the past of its checks", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  try {
    const config = `${folder}/lifesign.yaml`;
    await Deno.writeTextFile(
      config,
      `
listen: 127.0.0.1:0
history: ${folder}/past.db
checks:
  up: { type: tcp, port: ${listener.addr.port}, interval: 100ms }
  down: { type: tcp, port: 1, retries: 1, interval: 100ms, backoff: false }
`,
    );
    await using agent = startScript("src/cli/main.ts", {
      flags: ["--allow-net", "--allow-read", `--allow-write=${folder}`],
      args: ["run", config],
    });
    const line = await agent.line("stderr", /http:\/\/127\.0\.0\.1:\d+/);
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line)!;
    const get = async (path: string): Promise<string> =>
      await (await fetch(`${url}${path}`)).text();

    let period;
    for (let i = 0; i < 600; i++) {
      const { periods } = JSON.parse(await get("/checks/down/history"));
      period = periods.at(-1);
      if (period?.uptime.down > 0 && period.attempts.fail > 0) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assertEquals(period.uptime.up, 0);
    assert(period.attempts.fail > 0);
    assertEquals(period.latencyMs.p50, null);

    const csv = await get("/checks/up/history?format=csv");
    assertMatch(csv, /^from,to,uptime,.*\r\n[^,]+,[^,]+,1,/);
    assertMatch(await get("/badge/up/uptime/24h.svg"), /uptime 24h: 100%</);
    assertMatch(await get("/badge/down/uptime.svg"), /down uptime: 0%</);
    const metrics = await get("/metrics");
    assertMatch(
      metrics,
      /\nlifesign_uptime_ratio\{check="down",.*,window="24h"\} 0\n/,
    );
    assertMatch(metrics, /\nlifesign_incident_open\{check="down",.*\} 1\n/);
    assertMatch(metrics, /\nlifesign_incidents_total\{check="down",.*\} 1\n/);
    agent.kill("SIGTERM");
    assertEquals((await agent.ended).code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
