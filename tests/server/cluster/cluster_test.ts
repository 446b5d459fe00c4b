import {
  assert,
  assertEquals,
  assertFalse,
  assertStringIncludes,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { RegionLook } from "../../../src/core/cluster/status.ts";
import { createApp } from "../../../src/server/mod.ts";
import { AT, clusterOf, member, sharedFleet } from "../clusters.ts";
import { EventReader } from "../events.ts";
import { readExposition } from "../exposition.ts";
import { EACH, fleetOf, ODD, see } from "../fleets.ts";

const LOOKERS = {
  web: { agent: "a", region: "eu" },
  down: { agent: "b" },
} as const;

const REGIONS: readonly RegionLook[] = [
  {
    region: "eu",
    status: "healthy",
    reason: null,
    agent: "a",
    checkedAt: AT,
    durationMs: 12,
  },
  {
    region: "us",
    status: "unhealthy",
    reason: { code: "timeout", message: "No answer <in> 5s" },
    agent: "b",
    checkedAt: AT - 1000,
    durationMs: 5000,
  },
  {
    region: "ap",
    status: "unknown",
    reason: null,
    agent: null,
    checkedAt: null,
    durationMs: null,
  },
];

const GONE = clusterOf({
  members: [
    member("a", { region: "eu" }),
    member("b", { region: "us", state: "gone", seenAt: AT - 60_000 }),
    member("c", { state: "leaving", config: "other", lagMs: null }),
  ],
});

const BROWSER = { headers: { accept: "text/html" } };

async function textOf(
  app: ReturnType<typeof createApp>,
  path: string,
  init: RequestInit = {},
): Promise<string> {
  const response = await app.request(path, init);
  assertEquals(response.status, 200, path);
  return await response.text();
}

Deno.test("/cluster says who is there, who tells and what nobody runs, behind the token", async () => {
  await using fleet = sharedFleet(LOOKERS);
  const app = createApp(fleet, {
    token: "secret",
    cluster: clusterOf({
      isConnected: false,
      takeovers: 7,
      uncovered: [
        { check: "web", region: "eu" },
        { check: "web", region: "us" },
        { check: "down", region: null },
      ],
    }),
  });

  assertEquals((await app.request("/cluster")).status, 401);
  const response = await app.request("/cluster", {
    headers: { authorization: "Bearer secret" },
  });
  const at = "2026-11-27T12:00:00.000Z";
  const common = {
    labels: {},
    state: "live",
    seenAt: at,
    owned: 1,
    lagMs: 2,
    config: "c0ffee",
    version: "1.2.3",
  };
  assertEquals(await response.json(), {
    name: "shop",
    self: "a",
    connected: false,
    standing: "member",
    fault: null,
    connectedSince: at,
    untoldSince: null,
    teller: "b",
    owned: 1,
    takeovers: 7,
    members: [
      { id: "a", region: "eu", ...common },
      { id: "b", region: "us", ...common },
    ],
    uncovered: [
      { check: "web", region: "eu" },
      { check: "web", region: "us" },
      { check: "down", region: null },
    ],
    uncoveredChecks: 2,
  });
});

Deno.test("/cluster and / say what is wrong with what NATS keeps", async () => {
  await using fleet = sharedFleet(LOOKERS);
  const fault = "the buckets are on 1 of 3 servers: <none>";
  const app = createApp(fleet, { cluster: clusterOf({ fault }) });
  for (const path of ["/", "/cluster"]) {
    assertStringIncludes(
      await textOf(app, path, BROWSER),
      "is not as its config says: the buckets are on 1 of 3 servers: &lt;none&gt;",
    );
  }
  const page = await textOf(app, "/cluster", BROWSER);
  const well = await textOf(
    createApp(fleet, { cluster: clusterOf() }),
    "/cluster",
    BROWSER,
  );
  assertStringIncludes(page, "2 agents share the checks");
  assertEquals(
    [page, well].map((it) => /<h1 id="headline" class="(\w+)"/.exec(it)?.[1]),
    [
      "degraded",
      "healthy",
    ],
  );
});

Deno.test("/cluster lists at most 1000 checks that nobody runs, and counts all", async () => {
  await using fleet = sharedFleet({});
  const uncovered = Array.from({ length: 3000 }, (_, i) => ({
    check: `c${i}`,
    region: null,
  }));
  const app = createApp(fleet, { cluster: clusterOf({ uncovered }) });
  const json = await (await app.request("/cluster")).json();
  assertEquals([json.uncovered.length, json.uncoveredChecks], [1000, 3000]);
});

Deno.test("there is no /cluster without a cluster, and no page tells of one", async () => {
  await using fleet = await fleetOf(EACH);
  const app = createApp(fleet);

  assertEquals((await app.request("/cluster")).status, 404);
  const { paths } = await (await app.request("/openapi.json")).json();
  assertFalse("/cluster" in paths);
  for (const path of ["/", "/checks/up", "/incidents"]) {
    assertFalse(/cluster/i.test(await textOf(app, path, BROWSER)), path);
  }
  assertFalse((await textOf(app, "/metrics")).includes("cluster"));
});

Deno.test("the page says which agent looks at each check, and can be filtered by it", async () => {
  await using fleet = sharedFleet({ ...LOOKERS, far: { agent: "x" } });
  const cluster = clusterOf({ regions: { far: REGIONS } });
  const app = createApp(fleet, { cluster });

  const { text, links } = see(await textOf(app, "/"));
  assertStringIncludes(text, "tcp web:80, by a in eu");
  assertStringIncludes(text, "tcp down:80, by b");
  assertStringIncludes(text, "tcp far:80, from eu, us, and ap");
  assert(links.includes("cluster"));
  const filtered = await textOf(app, "/?q=in+eu");
  assertEquals(
    [...filtered.matchAll(/<li data-id="(\w+)"[^>]*hidden/g)].map((it) =>
      it[1]
    ),
    ["down", "far"],
  );
});

Deno.test("the page says what is wrong with the cluster, and counts the checks as ever", async () => {
  await using fleet = sharedFleet({ web: { agent: "a" } });
  const well = await textOf(createApp(fleet, { cluster: clusterOf() }), "/");
  assertStringIncludes(
    well,
    '<ol id="cluster" aria-label="Cluster" hidden=""></ol>',
  );

  const ill = await textOf(
    createApp(fleet, {
      cluster: {
        ...GONE,
        isConnected: false,
        uncovered: () => [{ check: "web", region: "us" }],
      },
    }),
    "/",
  );
  const { text } = see(ill);
  assertStringIncludes(text, "1 check is run by nobody: web from us");
  assertStringIncludes(text, "Agent b in us is gone");
  assertStringIncludes(
    text,
    "Cluster shop cannot be reached; this agent goes on with its checks",
  );
  assertStringIncludes(
    ill,
    '<time datetime="2026-11-27T11:59:00.000Z">for ',
  );
  assertStringIncludes(ill, "<title>The check is healthy · lifesign</title>");
});

Deno.test("nothing on a page of agents with odd names is left unescaped", async () => {
  await using fleet = sharedFleet({ web: { agent: ODD[0], region: ODD[1] } });
  const plain = createApp(fleet, {
    cluster: clusterOf({
      members: [member("a", { labels: { a: "b" }, state: "gone" })],
      uncovered: [{ check: "a", region: "b" }],
      regions: {
        web: [{ ...REGIONS[1]!, region: "c", agent: "a" }],
      },
    }),
  });
  for (const odd of ODD) {
    const app = createApp(fleet, {
      cluster: clusterOf({
        name: odd,
        self: odd,
        members: [
          member(odd, {
            region: odd,
            labels: { [odd]: odd },
            config: odd,
            version: odd,
            state: "gone",
          }),
        ],
        uncovered: [{ check: odd, region: odd }],
        regions: { web: [{ ...REGIONS[1]!, region: odd, agent: odd }] },
      }),
    });
    for (const path of ["/", "/cluster", "/checks/web"]) {
      const seen = see(await textOf(app, path, BROWSER));
      const expected = see(await textOf(plain, path, BROWSER));
      assertEquals(
        [seen.elements, seen.attributes],
        [expected.elements, expected.attributes],
        `${path} ${odd}`,
      );
    }
  }
});

Deno.test("/cluster is a page for browsers", async () => {
  await using fleet = sharedFleet(LOOKERS);
  const headline = async (cluster: ReturnType<typeof clusterOf>) => {
    const text = await textOf(
      createApp(fleet, { title: "Shop", cluster }),
      "/cluster",
      BROWSER,
    );
    return /<title>(.*) · Shop<\/title>/.exec(text)?.[1];
  };

  assertEquals(await headline(clusterOf()), "2 agents share the checks");
  assertEquals(
    await headline(clusterOf({ members: [member("a")] })),
    "One agent runs the checks",
  );
  assertEquals(await headline(GONE), "1 of 3 agents is gone");
  assertEquals(
    await headline(clusterOf({ isConnected: false })),
    "The cluster cannot be reached",
  );
  assertEquals(
    await headline({
      ...GONE,
      uncovered: () => [{ check: "web", region: null }],
    }),
    "1 check is run by nobody",
  );

  const html = await textOf(
    createApp(fleet, { cluster: GONE }),
    "/cluster",
    BROWSER,
  );
  const { text } = see(html);
  assertStringIncludes(text, "Agents have 2 different configs");
  assertStringIncludes(text, "a this onelive");
  assertStringIncludes(text, "b tellsgone");
  // One that is gone runs none.
  assertEquals(html.match(/>\d+ %</g), [">50 %<", ">50 %<"]);
});

Deno.test("the page of a check says which agent looks, and how it is from each region", async () => {
  await using fleet = sharedFleet(LOOKERS);
  const app = createApp(fleet, {
    cluster: clusterOf({ regions: { down: REGIONS } }),
  });
  const plain = see(await textOf(app, "/checks/web", BROWSER));
  assertStringIncludes(plain.text, "AgentaRegioneu");
  assertFalse(plain.text.includes("From where"));

  const { text } = see(await textOf(app, "/checks/down", BROWSER));
  assertFalse(text.includes("Agentb"));
  assertStringIncludes(text, "From where");
  assertStringIncludes(text, "euhealthy12msa11-27 12:00:00");
  assertStringIncludes(text, "usunhealthy5sb11-27 11:59:59No answer <in> 5s");
  assertStringIncludes(text, "apunknownnone");
});

Deno.test("/checks and /events say which agent and region looked", async () => {
  await using fleet = sharedFleet(LOOKERS);
  const app = createApp(fleet, { cluster: clusterOf() });
  const lookers = (
    { id, agent, region }: Record<string, string>,
  ) => [id, agent, region];
  const expected = [["web", "a", "eu"], ["down", "b", undefined]];

  const checks = await (await app.request("/checks")).json();
  assertEquals(checks.map(lookers), expected);
  const response = await app.request("/events");
  await using reader = new EventReader(response.body!);
  const events = (await reader.take(3)).slice(1);
  assertEquals(
    events.map(({ data }) => lookers(JSON.parse(data))),
    expected,
  );
});

Deno.test("events of the page tell of the cluster at first, and when something changes", async () => {
  using time = new FakeTime();
  await using fleet = sharedFleet({ web: { agent: "a" } });
  const state = { isConnected: true };
  const cluster = clusterOf();
  const app = createApp(fleet, {
    cluster: {
      ...cluster,
      get isConnected() {
        return state.isConnected;
      },
    },
  });
  const response = await app.request("/events?rows");
  await using reader = new EventReader(response.body!);
  const [, first, row] = await reader.take(3);
  assertEquals([first!.event, row!.event], ["cluster", "row"]);
  assertStringIncludes(first!.data, 'hidden=""');
  const next = reader.next();
  await time.tickAsync(5000);
  state.isConnected = false;
  await time.tickAsync(1000);
  const lost = await next;
  assertEquals(lost!.event, "cluster");
  assertStringIncludes(lost!.data, "cannot be reached");
});

Deno.test("the public page and its JSON tell nothing of the cluster", async () => {
  await using fleet = sharedFleet({
    web: { agent: "agent-7", region: "mars" },
  });
  const cluster = clusterOf({
    name: "name-7",
    members: [member("agent-7", { region: "mars", state: "gone" })],
    isConnected: false,
    uncovered: [{ check: "web", region: "mars" }],
  });
  const app = createApp(fleet, { cluster, token: "secret", public: {} });
  for (const path of ["/public", "/public/status.json"]) {
    const text = await textOf(app, path);
    assertFalse(/agent-7|mars|name-7|cluster/i.test(text), path);
  }
});

Deno.test("/metrics has what is known of the cluster", async () => {
  await using fleet = sharedFleet({ ...LOOKERS, far: { agent: "b" } });
  const app = createApp(fleet, {
    cluster: {
      ...GONE,
      takeovers: 7,
      teller: "a",
      uncovered: () => [
        { check: "web", region: "eu" },
        { check: "web", region: "us" },
      ],
      regionsOf: (check) => check === "down" ? REGIONS : [],
    },
  });
  const families = readExposition(await textOf(app, "/metrics"));
  const samplesOf = (name: string) =>
    families.get(name)?.samples.map(({ labels, value }) => [labels, value]);
  for (
    const [name, value] of [
      ["connected", 1],
      ["owned_checks", 1],
      ["uncovered_checks", 1],
      ["takeovers_total", 7],
      ["teller", 1],
    ] as const
  ) assertEquals(samplesOf(`lifesign_cluster_${name}`), [[{}, value]], name);
  assertEquals(samplesOf("lifesign_cluster_members"), [
    [{ state: "live" }, 1],
    [{ state: "leaving" }, 1],
    [{ state: "gone" }, 1],
  ]);
  assertEquals(samplesOf("lifesign_check_agent_info"), [
    [{ check: "web", agent: "a", region: "eu" }, 1],
    [{ check: "down", agent: "a", region: "eu" }, 1],
    [{ check: "down", agent: "b", region: "us" }, 1],
    [{ check: "far", agent: "b", region: "" }, 1],
  ]);
  assertEquals(samplesOf("lifesign_check_region_up"), [
    [{ check: "down", region: "eu" }, 1],
    [{ check: "down", region: "us" }, 0],
  ]);
  assertEquals(samplesOf("lifesign_check_region_duration_seconds"), [
    [{ check: "down", region: "eu" }, 0.012],
    [{ check: "down", region: "us" }, 5],
  ]);
});
