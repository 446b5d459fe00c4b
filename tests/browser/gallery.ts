// Draws pictures of the pages in many states into a folder, to look at them:
//
//   deno run -A tests/browser/gallery.ts /tmp/shots [NAME…]

import type { ClusterLog } from "../../src/core/cluster/status.ts";
import { clusterOf, member } from "../server/clusters.ts";
import { open, serve } from "./browser.ts";
import { pastOf } from "./past.ts";
import { type Scene, sceneOf } from "./scenes.ts";

interface Picture extends Scene {
  /** What is shown. */
  readonly path?: string;
  /** Whether there is an archive. */
  readonly past?: boolean;
  /** The ids of checks in maintenance. */
  readonly maintenance?: readonly string[];
  /** How the agents are that share the checks. */
  readonly cluster?: ClusterLog;
}

/** Three agents, all well or not. */
function clusterAt(isWell: boolean): ClusterLog {
  const now = Date.now();
  const agent = (id: string, region: string, seconds: number) =>
    member(id, { region, owned: 17, seenAt: now - seconds * 1000 });
  return clusterOf({
    self: "shop-0",
    teller: "shop-0",
    owned: 17,
    takeovers: isWell ? 0 : 16,
    isConnected: isWell,
    standing: "member",
    connectedSince: now - 130_000,
    members: [
      agent("shop-0", "eu", 0),
      agent("shop-1", "us", 2),
      {
        ...agent("shop-2", "ap", isWell ? 1 : 400),
        labels: { rack: "7" },
        state: isWell ? "live" : "gone",
        config: isWell ? "c0ffee" : "facade",
      },
    ],
    uncovered: isWell ? [] : [
      { check: "web-0", region: "ap" },
      { check: "mail-5", region: "ap" },
      { check: "a-check-with-a-long-name-that-wraps", region: null },
    ],
    regions: {
      "search-7": (["eu", "us", "ap"] as const).map((region, i) => ({
        region,
        status: (["healthy", "unhealthy", "unknown"] as const)[i]!,
        reason: i === 1
          ? { code: "timeout", message: "No answer within 5s, connected" }
          : null,
        agent: i === 2 ? null : `shop-${i}`,
        checkedAt: i === 2 ? null : now - i * 3000,
        durationMs: [38.4, 5000, null][i]!,
      })),
    },
  });
}

const FIFTY: Scene = {
  size: 50,
  down: (i) => [7, 33].includes(i),
  slow: (i) => [12, 13, 40].includes(i),
};

const PICTURES: Readonly<Record<string, Picture>> = {
  five: { size: 5 },
  fifty: FIFTY,
  many: { size: 500, down: (i) => i % 97 === 3, slow: (i) => i % 61 === 5 },
  none: { size: 0 },
  dead: { size: 30, down: () => true },
  past: { ...FIFTY, past: true, maintenance: ["db-2", "api-33"] },
  past5: { size: 5, past: true },
  check: { ...FIFTY, past: true, path: "checks/web-0?format=html" },
  down: { ...FIFTY, past: true, path: "checks/search-7?format=html&range=7d" },
  plain: { ...FIFTY, path: "checks/queue-4?format=html" },
  beat: { ...FIFTY, path: "checks/mail-5?format=html" },
  public: { ...FIFTY, past: true, path: "public" },
  shared: { ...FIFTY, isShared: true, past: true, cluster: clusterAt(true) },
  troubled: { ...FIFTY, isShared: true, cluster: clusterAt(false) },
  agents: { size: 5, cluster: clusterAt(true), path: "cluster?format=html" },
  gone: { size: 5, cluster: clusterAt(false), path: "cluster?format=html" },
  regions: {
    ...FIFTY,
    isShared: true,
    cluster: clusterAt(true),
    path: "checks/search-7?format=html",
  },
  incidents: { ...FIFTY, past: true, path: "incidents?format=html" },
};

const [folder = "/tmp/shots", ...names] = Deno.args;
for (const [name, picture] of Object.entries(PICTURES)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const { path = "", past = false, maintenance = [], cluster } = picture;
  const fleet = sceneOf(picture);
  const archive = past ? pastOf(fleet, ["web-0", "search-7"]) : undefined;
  await using app = serve(fleet, {
    title: "shop.example",
    public: { groups: ["edge", "data"] },
    ...(archive && { archive }),
    ...(cluster && { cluster }),
    incidents: {
      list: () => [],
      openOf: () => undefined,
      isInMaintenance: (id) => maintenance.includes(id),
      mutedBy: () => null,
      dependsOnOthers: () => false,
      observe() {},
    },
  });
  for (const width of [360, 800, 1400]) {
    for (const colorScheme of ["light", "dark"] as const) {
      if (width === 800 && colorScheme === "dark") continue;
      await using tab = await open(`${app.url}${path}`, {
        viewport: { width, height: 900 },
        colorScheme,
      });
      await tab.page.waitForTimeout(400);
      const isWhole = path !== "";
      await tab.page.screenshot({
        path: `${folder}/${name}-${width}-${colorScheme}.png`,
        fullPage: isWhole,
      });
      if (tab.complaints.length > 0) console.log(name, tab.complaints);
    }
  }
}
Deno.exit();
