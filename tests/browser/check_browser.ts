import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { Fleet } from "../../mod.ts";
import { FAIL, PASS, scripted } from "../support/probes.ts";
import { assertAccessible, browserTest, open, serve } from "./browser.ts";
import { pastOf } from "./past.ts";
import { sceneOf } from "./scenes.ts";

const SCREENS = [
  { name: "light", options: { colorScheme: "light" } },
  {
    name: "dark and small",
    options: { viewport: { width: 360, height: 640 }, colorScheme: "dark" },
  },
] as const;

/** A scene whose first check is down, with a past. */
function scene(): Fleet {
  return sceneOf({ size: 12, down: (i) => i === 0, slow: (i) => i === 3 });
}

async function assertFits(page: Page): Promise<void> {
  const width = await page.evaluate("document.scrollingElement.scrollWidth");
  assertEquals(width, page.viewportSize()!.width);
}

for (const { name, options } of SCREENS) {
  browserTest(`every page with a past is readable, ${name}`, async () => {
    const fleet = scene();
    const archive = pastOf(fleet, ["web-0"]);
    await using app = serve(fleet, { archive });
    for (
      const path of [
        "",
        "checks/web-0",
        "checks/web-0?range=90d",
        "checks/mail-5",
        "checks/nobody",
        "incidents",
      ]
    ) {
      await using tab = await open(`${app.url}${path}`, options);
      await tab.page.locator("h1").waitFor();
      await assertAccessible(tab.page);
      await assertFits(tab.page);
      const complaints = tab.complaints.filter((it) => !/404/.test(it));
      assertEquals(complaints, [], path);
    }
  });
}

browserTest("a check that is down in maintenance is not red", async () => {
  const fleet = scene();
  const incidents = {
    list: () => [],
    openOf: () => undefined,
    isInMaintenance: (id: string) => id === "web-0",
    mutedBy: () => null,
    dependsOnOthers: () => false,
    observe() {},
  };
  await using app = serve(fleet, { incidents });
  const colors: string[] = [];
  for (const id of ["web-0", "mail-5"]) {
    await using tab = await open(`${app.url}checks/${id}`);
    colors.push(
      await tab.page.evaluate(
        "getComputedStyle(document.querySelector('#headline')).color",
      ),
    );
  }
  assertEquals(colors[0], colors[1]);
});

browserTest(
  "a check with a past shows its last attempts when it is pointed at",
  async () => {
    const fleet = scene();
    await using app = serve(fleet, { archive: pastOf(fleet, []) });
    await using tab = await open(app.url);
    const row = tab.page.locator("#checks li").nth(1);
    assertEquals(await row.locator(".days").isVisible(), true);
    assertMatch(await row.locator("em").innerText(), /^[\d.]+ %$/);
    const opacity = (): Promise<unknown> =>
      tab.page.evaluate(
        "getComputedStyle(document.querySelectorAll('#checks .strip')[1]).opacity",
      );
    assertEquals(await opacity(), "0");
    await row.hover();
    assertEquals(await opacity(), "1");
    await tab.page.mouse.move(0, 0);
    assertEquals(await opacity(), "0");
    await row.locator("a").focus();
    assertEquals(await opacity(), "1");
    // Whoever cannot see it can read it.
    assertMatch(
      await tab.page.locator("#checks").ariaSnapshot(),
      /img "Last 60 since [\d:]+ UTC: 60 passed"/,
    );
  },
);

browserTest(
  "the page of a check changes with it, and says when it was removed",
  async () => {
    const fleet = new Fleet({ background: false });
    fleet.add(scripted([PASS, FAIL, PASS, PASS]), {
      id: "a/b",
      retries: 1,
      name: "The shop",
    });
    await fleet.attempt("a/b");
    await using app = serve(fleet);
    await using tab = await open(app.url);
    const { page } = tab;
    await page.getByRole("link", { name: "The shop" }).click();
    assertEquals(page.url(), `${app.url}checks/a%2Fb`);
    await page.getByRole("heading", { name: "The shop is healthy" }).waitFor();
    await fleet.attempt("a/b");
    await page.getByRole("heading", { name: "The shop is unhealthy" })
      .waitFor();
    await page.getByText("Connection refused").first().waitFor();
    assertMatch(await page.title(), /^The shop is unhealthy · /);
    await fleet.attempt("a/b");
    await page.getByRole("heading", { name: "The shop is healthy" }).waitFor();
    await page.locator("tbody tr").nth(2).waitFor();
    await fleet.remove("a/b");
    await page.getByRole("heading", { name: "There is no check" }).waitFor();
    const complaints = tab.complaints.filter((it) => !/404/.test(it));
    assertEquals(complaints, []);
  },
);

browserTest("the page of a check works without a script", async () => {
  const fleet = scene();
  const archive = pastOf(fleet, ["web-0"]);
  await using app = serve(fleet, { archive });
  await using tab = await open(`${app.url}checks/web-0`, {
    javaScriptEnabled: false,
  });
  const { page } = tab;
  assertEquals(await page.locator("h1").innerText(), "web-0 is unhealthy");
  await page.getByRole("link", { name: "30d" }).click();
  assertEquals(
    await page.locator(".ranges [aria-current]").innerText(),
    "30d",
  );
  assert(await page.locator(".chart .p95").getAttribute("d"));
  await page.getByRole("link", { name: "Incidents" }).click();
  assertMatch(await page.locator("h1").innerText(), /incident/i);
  await page.locator(".incidents a", { hasText: "web-0" }).first().click();
  assertEquals(await page.locator("h1").innerText(), "web-0 is unhealthy");
});

browserTest(
  "the page of a check that is seldom tried does not take silence for a loss",
  async () => {
    const fleet = new Fleet({ background: false });
    fleet.add(scripted([PASS]), { id: "seldom" });
    await fleet.attempt("seldom");
    await using app = serve(fleet);
    await using tab = await open(`${app.url}checks/seldom`);
    const { page } = tab;
    // Longer than it would take to notice.
    await page.waitForTimeout(50_000);
    assertEquals(await page.locator("h1").innerText(), "seldom is healthy");
    assertEquals(tab.complaints, []);
  },
);
