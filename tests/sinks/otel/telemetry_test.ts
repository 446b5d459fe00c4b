import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { startScript, temporaryFile } from "../../support/program.ts";
import { httpServer } from "../../support/servers.ts";

/** A value as OTLP has it in JSON, where a key is its type. */
type Value = Readonly<Record<string, string | number | boolean>>;

interface Attributed {
  readonly attributes: readonly {
    readonly key: string;
    readonly value: Value;
  }[];
}

interface Span extends Attributed {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code: number; readonly message: string };
}

interface Point extends Attributed {
  readonly asDouble?: number;
  readonly count?: string;
  readonly explicitBounds?: readonly number[];
}

interface Points {
  readonly dataPoints: readonly Point[];
}

interface Metric {
  readonly name: string;
  readonly sum?: Points;
  readonly gauge?: Points;
  readonly histogram?: Points;
}

/** The attributes of a span or a point, without the name of their owner. */
function attributesOf({ attributes }: Attributed): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key.replace("lifesign.", ""),
      Object.values(value)[0],
    ]),
  );
}

/** Something that listens as an OpenTelemetry collector does, on the loopback. */
class Collector implements AsyncDisposable {
  readonly #spans: Span[] = [];
  readonly #metrics = new Map<string, Metric>();
  #asked = Promise.withResolvers<void>();
  readonly #server = httpServer(() => {
    this.#take();
    this.#asked.resolve();
    this.#asked = Promise.withResolvers();
    return Response.json({});
  });

  /**
   * Has what runs tell this one of spans soon, and of metrics at its end: Deno
   * 2.9 may hang in an exit that meets with another time for them.
   */
  get env(): Record<string, string> {
    return {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${this.#server.authority}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_METRIC_EXPORT_INTERVAL: "3600000",
      OTEL_BSP_SCHEDULE_DELAY: "100",
    };
  }

  /** The spans of one check, or else of Deno itself. */
  spansOf(id?: string): readonly Span[] {
    return this.#spans.filter((span) => attributesOf(span)["check.id"] === id);
  }

  /** The last points of a metric. */
  points(name: string): readonly Point[] {
    const { sum, gauge, histogram } = this.#metrics.get(name) ?? {};
    return (sum ?? gauge ?? histogram)?.dataPoints ?? [];
  }

  /** Waits until it was told something, where there is always more to tell. */
  async until(what: string, holds: () => boolean): Promise<void> {
    for (let i = 0; !holds(); i++) {
      if (i === 200) throw new Error(`It was never told of ${what}`);
      await this.#asked.promise;
    }
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#server[Symbol.asyncDispose]();
  }

  #take(): void {
    const { path, body } = this.#server.asked.at(-1)!;
    // deno-lint-ignore no-explicit-any
    const told: any = JSON.parse(body);
    if (path === "/v1/traces") {
      for (const { scopeSpans } of told.resourceSpans) {
        for (const { spans } of scopeSpans) this.#spans.push(...spans);
      }
    } else if (path === "/v1/metrics") {
      for (const { scopeMetrics } of told.resourceMetrics) {
        for (const { metrics } of scopeMetrics) {
          for (const metric of metrics) this.#metrics.set(metric.name, metric);
        }
      }
    }
  }
}

/** A folder in which a run says which modules it loaded. */
async function loads(): Promise<
  { readonly flag: string; includes(name: string): boolean } & AsyncDisposable
> {
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  return {
    flag: `--coverage=${folder}`,
    includes: (name) =>
      [...Deno.readDirSync(folder)].some((file) =>
        JSON.parse(Deno.readTextFileSync(`${folder}/${file.name}`)).url
          .includes(name)
      ),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("run has a span for each attempt where OTEL_DENO is true, and tells the numbers of its fleet", async () => {
  await using target = httpServer(() => new Response("ok"));
  await using collector = new Collector();
  await using loaded = await loads();
  await using file = await temporaryFile(`
listen: false
checks:
  web: { type: http, url: "http://${target.authority}/health", group: edge, interval: 200ms }
  down: { type: tcp, port: 1, retries: 1 }
  slow: { type: command, command: "sleep 60.1", timeout: 200ms, interval: 400ms }
  cut: { type: command, command: "sleep 60.1", timeout: 1m }
`);
  await using agent = startScript("src/cli/main.ts", {
    // None for the collector.
    flags: [
      `--allow-read=${file.path}`,
      `--allow-net=${target.authority},127.0.0.1:1`,
      "--allow-run=sh",
      loaded.flag,
    ],
    args: ["run", file.path],
    env: collector.env,
  });

  await collector.until("attempts", () =>
    collector.spansOf("web").length > 1 &&
    ["down", "slow"].every((id) => collector.spansOf(id).length > 0));
  const [web, again] = collector.spansOf("web");
  assertEquals(attributesOf(web!), {
    "check.id": "web",
    "check.type": "http",
    "check.target": `http://${target.authority}/health`,
    "check.group": "edge",
    "verdict": "pass",
  });
  assertEquals([web!.name, web!.status.code], ["check http", 0]);
  // An attempt does not belong to the one before.
  assertEquals([web!.parentSpanId, again!.parentSpanId], ["", ""]);

  const [down] = collector.spansOf("down");
  assertEquals(attributesOf(down!), {
    "check.id": "down",
    "check.type": "tcp",
    "check.target": "127.0.0.1:1",
    "verdict": "fail",
    "reason.code": "refused",
  });
  assertEquals(down!.status, {
    code: 2,
    message: "127.0.0.1:1 refused the connection",
  });

  // On a busy machine an attempt may tell nothing but that it was held up.
  const isLate = (span: Span): boolean => attributesOf(span).verdict === "fail";
  await collector.until(
    "a timeout",
    () => collector.spansOf("slow").some(isLate),
  );
  const slow = collector.spansOf("slow").find(isLate);
  assertEquals(attributesOf(slow!)["reason.code"], "timeout");
  assertEquals(slow!.status.code, 2);
  assertStringIncludes(slow!.status.message, "Timed out after 200ms");
  assertNotEquals(slow!.endTimeUnixNano, "0");

  assertEquals(collector.spansOf("cut"), []);
  agent.kill("SIGTERM");
  assertEquals((await agent.ended).code, 0);
  // Deno's own spans of requests would have whole URLs.
  assertEquals(collector.spansOf().filter(({ name }) => name === "GET"), []);
  const [cut] = collector.spansOf("cut");
  assertEquals(attributesOf(cut!).verdict, undefined);

  const attempts = Object.fromEntries(
    collector.points("lifesign.attempts")
      .map((point) => [attributesOf(point).verdict, point.asDouble]),
  );
  assert(attempts.pass! >= 2 && attempts.fail! >= 2, JSON.stringify(attempts));
  assert(collector.points("lifesign.slots.skipped")[0]!.asDouble! >= 0);
  assertEquals(collector.points("lifesign.attempts.in_flight")[0]!.asDouble, 0);
  const statuses = collector.points("lifesign.check.status")
    .filter((point) => attributesOf(point)["check.id"] === "down")
    .map((point) => [attributesOf(point)["check.status"], point.asDouble]);
  assertEquals(Object.fromEntries(statuses), {
    healthy: 0,
    degraded: 0,
    unhealthy: 1,
    unknown: 0,
  });
  for (const name of ["lifesign.attempt.duration", "lifesign.schedule.lag"]) {
    const points = collector.points(name);
    assert(points.some(({ count }) => Number(count) > 0), name);
    assertEquals(points[0]!.explicitBounds?.slice(0, 3), [
      0.001,
      0.0025,
      0.005,
    ]);
  }
  assertEquals(loaded.includes("/@opentelemetry/api/"), true);
});

Deno.test("an agent of a cluster has spans for the attempts of its region", async () => {
  await using collector = new Collector();
  // There is no server of NATS: after a while, the agent runs all checks.
  await using file = await temporaryFile(`
listen: false
cluster: { servers: "nats://127.0.0.1:1", id: a, region: eu }
checks:
  far: { type: tcp, port: 1, retries: 1, interval: 500ms, from: [eu] }
`);
  await using agent = startScript("src/cli/main.ts", {
    flags: [`--allow-read=${file.path}`, "--allow-net=127.0.0.1:1"],
    args: ["run", file.path],
    env: collector.env,
  });
  await collector.until(
    "attempts",
    () => collector.spansOf("far").length > 1,
  );
  agent.kill("SIGTERM");
  assertEquals((await agent.ended).code, 0);
  assertEquals(attributesOf(collector.spansOf("far")[0]!), {
    "check.id": "far",
    "check.type": "tcp",
    "check.target": "127.0.0.1:1",
    "verdict": "fail",
    "reason.code": "refused",
  });
  // Each is counted once, though it is judged as well. One may be given up.
  const [failed] = collector.points("lifesign.attempts");
  const ended = collector.spansOf("far")
    .filter((span) => attributesOf(span).verdict !== undefined);
  assertEquals(failed!.asDouble, ended.length);
});

Deno.test("run does not load OpenTelemetry where OTEL_DENO is not true", async () => {
  await using loaded = await loads();
  await using file = await temporaryFile(`
listen: false
checks: { down: { type: tcp, port: 1, retries: 1 } }
`);
  await using agent = startScript("src/cli/main.ts", {
    flags: ["--allow-read", "--allow-net", loaded.flag],
    args: ["run", file.path],
    env: { OTEL_DENO: "false" },
  });
  await agent.line("stdout", /down unknown -> unhealthy/);
  agent.kill("SIGTERM");
  assertEquals((await agent.ended).code, 0);
  assertEquals(loaded.includes("/src/sinks/otel/section.ts"), true);
  assertEquals(loaded.includes("/src/sinks/otel/telemetry.ts"), false);
  assertEquals(loaded.includes("/@opentelemetry/api/"), false);
});
