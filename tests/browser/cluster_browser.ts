import { assertEquals, assertMatch } from "@std/assert";
import type { ClusterLog } from "../../src/core/cluster/status.ts";
import { clusterOf, member, sharedFleet } from "../server/clusters.ts";
import { assertAccessible, browserTest, open, serve } from "./browser.ts";

/** A cluster of which agent `b` dies, and is back, as one says. */
function changing(): { cluster: ClusterLog; isGone: boolean } {
  const seenAt = Date.now() - 65_000;
  const state = { isGone: false, cluster: clusterOf() };
  state.cluster = {
    ...clusterOf(),
    members: () => [
      member("a", { region: "eu" }),
      member("b", {
        region: "us",
        state: state.isGone ? "gone" : "live",
        seenAt,
      }),
    ],
    uncovered: () => state.isGone ? [{ check: "web", region: "us" }] : [],
    regionsOf: (check) =>
      check !== "web" ? [] : [{
        region: "us",
        status: state.isGone ? "unknown" : "healthy",
        reason: null,
        agent: state.isGone ? null : "b",
        checkedAt: seenAt,
        durationMs: 12,
      }],
  };
  return state;
}

const LOOKERS = { web: { agent: "a", region: "eu" }, db: { agent: "b" } };

const SCREENS = [
  { name: "light", options: { colorScheme: "light" } },
  { name: "dark", options: { colorScheme: "dark" } },
  {
    name: "small",
    options: { viewport: { width: 360, height: 640 }, colorScheme: "dark" },
  },
  { name: "without script", options: { javaScriptEnabled: false } },
] as const;

for (const { name, options } of SCREENS) {
  browserTest(`pages show the agents of a cluster, ${name}`, async () => {
    const state = changing();
    state.isGone = true;
    await using app = serve(sharedFleet(LOOKERS), { cluster: state.cluster });
    for (
      const [path, headline, shown] of [
        ["", "All 2 checks are healthy", /Agent b in us is gone\s+for 1 min/],
        ["cluster", "1 check is run by nobody", /b tells\s+gone\s+us/],
        ["checks/web", "web is healthy", /From where[^]*us\s+unknown\s+12ms/],
      ] as const
    ) {
      await using tab = await open(`${app.url}${path}`, options);
      const { page } = tab;
      assertEquals(await page.locator("h1").textContent(), headline);
      assertEquals(await page.title(), `${headline} · lifesign`);
      assertMatch(await page.locator("main").innerText(), shown);
      const width = await page.evaluate(
        "document.scrollingElement.scrollWidth",
      );
      assertEquals(width, page.viewportSize()!.width, path);
      if (name !== "without script") await assertAccessible(page);
      assertEquals(tab.complaints, []);
    }
  });
}

browserTest(
  "the page says at once that an agent is gone, and is back",
  async () => {
    const state = changing();
    await using app = serve(sharedFleet(LOOKERS), { cluster: state.cluster });
    await using tab = await open(app.url);
    const { page } = tab;
    await page.getByRole("heading", { name: "All 2 checks are healthy" })
      .waitFor();
    assertEquals(await page.locator("#cluster").isVisible(), false);
    state.isGone = true;
    const line = page.locator("#cluster li", {
      hasText: "Agent b in us is gone",
    });
    await line.waitFor();
    assertEquals(await page.title(), "All 2 checks are healthy · lifesign");
    await line.getByRole("link").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "1 check is run by nobody" })
      .waitFor();
    await page.goBack();
    await page.locator("#cluster li").first().waitFor();
    state.isGone = false;
    await page.locator("#cluster").waitFor({ state: "hidden" });
    assertEquals(tab.complaints, []);
  },
);

browserTest("/cluster is loaded again by itself", async () => {
  const state = changing();
  await using app = serve(sharedFleet(LOOKERS), { cluster: state.cluster });
  await using tab = await open(`${app.url}cluster`);
  const { page } = tab;
  await page.getByRole("heading", { name: "2 agents share the checks" })
    .waitFor();
  state.isGone = true;
  await page.getByRole("heading", { name: "1 check is run by nobody" })
    .waitFor();
  assertEquals(tab.complaints, []);
});
