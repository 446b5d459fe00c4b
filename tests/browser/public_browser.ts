import { assertEquals, assertMatch } from "@std/assert";
import { Fleet } from "../../mod.ts";
import { createApp } from "../../src/server/mod.ts";
import { FAIL, PASS, scripted } from "../support/probes.ts";
import { assertAccessible, browserTest, open, serve } from "./browser.ts";
import { pastOf } from "./past.ts";
import { sceneOf } from "./scenes.ts";

for (const colorScheme of ["light", "dark"] as const) {
  browserTest(`the public page is readable, ${colorScheme}`, async () => {
    const fleet = sceneOf({ size: 12, down: (i) => i === 1 });
    await using app = serve(fleet, {
      token: "s3cret",
      public: { groups: ["edge", "data"] },
      archive: pastOf(fleet, []),
    });
    for (const viewport of [{ width: 360, height: 640 }, undefined]) {
      await using tab = await open(`${app.url}public`, {
        colorScheme,
        ...(viewport && { viewport }),
      });
      const { page } = tab;
      await page.getByRole("heading", { name: "1 of 5 is down" }).waitFor();
      assertEquals(await page.locator("ul li").count(), 5);
      await assertAccessible(page);
      assertEquals(
        await page.evaluate("document.scrollingElement.scrollWidth"),
        page.viewportSize()!.width,
      );
      assertEquals(tab.complaints, []);
    }
  });
}

browserTest(
  "the public page follows what happens, and says when it cannot",
  async () => {
    const fleet = new Fleet({ background: false });
    fleet.add(scripted([PASS, FAIL, PASS]), { id: "a", retries: 1 });
    await fleet.attempt("a");
    const crash = new AbortController();
    const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
    const app = createApp(fleet, { public: {} });
    const first = Deno.serve({ ...options, signal: crash.signal }, app.fetch);
    const { port } = first.addr;
    await using tab = await open("about:blank");
    const { page } = tab;
    await page.clock.install();
    await page.goto(`http://127.0.0.1:${port}/public`);
    await page.getByRole("heading", { name: "The check is healthy" }).waitFor();
    await fleet.attempt("a");
    await page.clock.runFor(30_000);
    await page.getByRole("heading", { name: "1 of 1 is down" }).waitFor();
    assertMatch(await page.title(), /^1 of 1 is down · /);
    crash.abort();
    await first.finished;
    await page.clock.runFor(30_000);
    await page.getByRole("heading", { name: /^No connection since \d/ })
      .waitFor();
    assertMatch(await page.title(), /^No connection since .* · lifesign$/);
    await fleet.attempt("a");
    const second = Deno.serve({ ...options, port }, app.fetch);
    await page.clock.runFor(30_000);
    await page.getByRole("heading", { name: "The check is healthy" }).waitFor();
    assertEquals(await page.locator("body.lost").count(), 0);
    await fleet.close();
    await second.shutdown();
  },
);
