import {
  assert,
  assertEquals,
  assertLess,
  assertMatch,
  assertNotEquals,
} from "@std/assert";
import { Hono } from "hono";
import type { Page } from "playwright-core";
import type { NotifierStatus } from "../../src/core/notify/status.ts";
import { Fleet, http, tcp } from "../../mod.ts";
import { createApp } from "../../src/server/mod.ts";
import { PASS, scripted } from "../support/probes.ts";
import { ODD } from "../server/fleets.ts";
import { assertAccessible, browserTest, open, serve } from "./browser.ts";

/** A target that can be put to sleep. */
function target(): { port: number; well: boolean } & AsyncDisposable {
  const state = { port: 0, well: true };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("", { status: state.well ? 200 : 503 }),
  );
  return Object.assign(state, {
    port: server.addr.port,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
    },
  });
}

/** A fleet of one that answers, one that may not, and one that never does. */
async function fleetOf(port: number): Promise<Fleet> {
  const fleet = new Fleet();
  const often = { interval: 100, retries: 2, backoff: false } as const;
  fleet.add(http(`http://127.0.0.1:${port}/`), {
    ...often,
    id: "web",
    group: "edge",
  });
  fleet.add(tcp({ port }), { ...often, id: "db", group: "data" });
  fleet.add(tcp({ port: 1 }), { ...often, id: "lost cause" });
  await fleet.until("healthy", { ids: ["web", "db"] });
  await fleet.until("unhealthy", { ids: ["lost cause"] });
  return fleet;
}

/** Which rows can be seen. */
function visible(page: Page): Promise<string[]> {
  return page.locator("#checks li:visible a").allTextContents();
}

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
  browserTest(`the page shows everything, ${name}`, async () => {
    await using web = target();
    await using app = serve(await fleetOf(web.port), { title: "Shop" });
    await using tab = await open(app.url, options);
    const { page } = tab;
    assertEquals(await page.locator("h1").textContent(), "1 of 3 is down");
    assertEquals(await page.title(), "1 of 3 is down · Shop");
    assertEquals(await visible(page), ["web", "db", "lost cause"]);
    assertEquals(await page.locator("h2").allTextContents(), ["edge", "data"]);
    const lost = page.locator("#checks li", { hasText: "lost cause" });
    assertMatch(
      await lost.innerText(),
      /unhealthy\n+lost cause\n+tcp 127\.0\.0\.1:1\n[^]*for \d+ s\n+127\.0\.0\.1:1 refused the connection/,
    );
    assertMatch(
      await lost.locator("svg title").first().textContent() ?? "",
      /^Last \d+ since [\d:]+ UTC: \d+ failed; at [\d:]+: 127\.0\.0\.1:1 refused/,
    );
    const width = await page.evaluate("document.scrollingElement.scrollWidth");
    assertEquals(width, page.viewportSize()!.width);
    assertEquals(
      await page.locator("#trouble li").allInnerTexts().then((texts) =>
        texts.map((text) => text.replace(/\s+/g, " ").replace(/\d+ s/, "N s"))
      ),
      ["unhealthy lost cause for N s 127.0.0.1:1 refused the connection"],
    );
    assertEquals(await page.locator("form").isVisible(), true);
    if (name !== "without script") await assertAccessible(page);
    assertEquals(tab.complaints, []);
  });
}

browserTest("the page is dark where that is preferred", async () => {
  await using web = target();
  await using app = serve(await fleetOf(web.port));
  const backs = await Promise.all(
    (["light", "dark"] as const).map(async (colorScheme) => {
      await using tab = await open(app.url, { colorScheme });
      return await tab.page.evaluate(
        "getComputedStyle(document.body).backgroundColor",
      );
    }),
  );
  assertEquals(backs, ["rgb(247, 248, 249)", "rgb(14, 18, 23)"]);
});

browserTest("the page changes when a target dies and comes back", async () => {
  await using web = target();
  await using app = serve(await fleetOf(web.port));
  await using tab = await open(app.url);
  const { page } = tab;
  const row = page.locator("#checks li", { hasText: "web" });
  const icon = (): Promise<string | null> =>
    page.locator("link[rel=icon]").getAttribute("href");
  await page.locator("#checks li.healthy", { hasText: "web" }).waitFor();
  web.well = false;
  await page.locator("#checks li.unhealthy", { hasText: "web" }).waitFor();
  assertMatch(await row.innerText(), /Expected status 200-299, got 503/);
  await page.getByRole("heading", { name: "2 of 3 are down" }).waitFor();
  assertMatch(await page.title(), /^2 of 3 are down/);
  const alarmed = await icon();
  web.well = true;
  await page.locator("#checks li.healthy", { hasText: "web" }).waitFor();
  await page.getByRole("heading", { name: "1 of 3 is down" }).waitFor();
  assertEquals(await icon(), alarmed);
  assertEquals(await row.locator("p").count(), 0);
  assertEquals(tab.complaints, []);
});

browserTest("the icon of the page shows the worst status", async () => {
  await using web = target();
  const fleet = new Fleet();
  const often = { interval: 100, retries: 1, backoff: false } as const;
  fleet.add(http(`http://127.0.0.1:${web.port}/`), { ...often, id: "web" });
  await fleet.until("healthy");
  await using app = serve(fleet);
  await using tab = await open(app.url);
  const icon = (): Promise<string | null> =>
    tab.page.locator("link[rel=icon]").getAttribute("href");
  const well = await icon();
  web.well = false;
  await tab.page.locator("#checks li.unhealthy").waitFor();
  await tab.page.getByRole("heading", { name: "1 of 1 is down" }).waitFor();
  assertNotEquals(await icon(), well);
});

browserTest(
  "the page can be filtered, and stays so while it changes",
  async () => {
    await using web = target();
    await using app = serve(await fleetOf(web.port));
    await using tab = await open(app.url);
    const { page } = tab;
    const search = page.getByRole("searchbox");
    await search.fill("CAUSE");
    assertEquals(await visible(page), ["lost cause"]);
    assertEquals(await page.locator("h2:visible").count(), 0);
    assertEquals(new URL(page.url()).search, "?q=CAUSE");
    await search.fill("refused lost");
    assertEquals(await visible(page), ["lost cause"]);
    await search.fill("nothing has this");
    assertEquals(await visible(page), []);
    await page.getByText("No check matches the filter.").waitFor();
    await search.fill("");
    await page.getByText("No check matches").waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "healthy 2" }).click();
    assertEquals(await visible(page), ["web", "db"]);
    assertEquals(new URL(page.url()).search, "?status=healthy");
    await page.reload();
    assertEquals(await visible(page), ["web", "db"]);
    web.well = false;
    await page.getByRole("button", { name: "unhealthy 2" }).waitFor();
    assertEquals(await visible(page), ["db"]);
    await assertAccessible(page);
    await page.getByRole("button", { name: "healthy 1" }).last().click();
    assertEquals(await visible(page), ["web", "db", "lost cause"]);
    assertEquals(tab.complaints, []);
  },
);

browserTest("the page shows one group, and leads back", async () => {
  await using web = target();
  await using app = serve(await fleetOf(web.port));
  await using tab = await open(app.url);
  const { page } = tab;
  await page.getByRole("link", { name: "only this group: edge" }).click();
  assertEquals(await visible(page), ["web"]);
  assertEquals(await page.locator("h1").textContent(), "The check is healthy");
  web.well = false;
  await page.getByRole("heading", { name: "1 of 1 is down" }).waitFor();
  assertEquals(await visible(page), ["web"]);
  await page.getByRole("link", { name: "all groups" }).click();
  assertEquals((await visible(page)).length, 3);
});

browserTest("the page can be filtered without a script", async () => {
  await using web = target();
  await using app = serve(await fleetOf(web.port));
  await using tab = await open(app.url, { javaScriptEnabled: false });
  const { page } = tab;
  await page.getByRole("searchbox").fill("cause");
  await page.getByRole("button", { name: "Filter" }).click();
  assertEquals(new URL(page.url()).search, "?q=cause&status=");
  assertEquals(await visible(page), ["lost cause"]);
  assertEquals(await page.locator("h1").textContent(), "1 of 3 is down");
  await page.getByRole("button", { name: "healthy 2" }).click();
  assertEquals(await visible(page), []);
  await page.getByRole("link", { name: "Show all" }).click();
  await page.getByRole("button", { name: "healthy 2" }).click();
  assertEquals(await visible(page), ["web", "db"]);
  await page.getByRole("button", { name: "healthy 2" }).click();
  assertEquals((await visible(page)).length, 3);
});

browserTest(
  "the page keeps groups folded, and says what is in them",
  async () => {
    await using web = target();
    await using app = serve(await fleetOf(web.port));
    await using tab = await open(app.url);
    const { page } = tab;
    const edge = page.locator("summary", { hasText: "edge" });
    await edge.click();
    assertEquals(await visible(page), ["db", "lost cause"]);
    await page.reload();
    await page.locator("details:not([open])").waitFor();
    assertEquals(await visible(page), ["db", "lost cause"]);
    web.well = false;
    await edge.getByText("1 of 1 is down").waitFor();
    assertEquals(await visible(page), ["db", "lost cause"]);
    assertEquals(
      await page.locator("#trouble a").allTextContents(),
      ["web", "lost cause"],
    );
    // Whoever looks for it finds it.
    await page.getByRole("searchbox").fill("web");
    await page.locator("#checks li:visible", { hasText: "web" }).waitFor();
    await page.getByRole("searchbox").fill("");
    await page.locator("details:not([open])").waitFor();
    await edge.click();
    await page.reload();
    assertEquals((await visible(page)).length, 3);
    assertEquals(tab.complaints, []);
  },
);

browserTest(
  "the page says when the connection is lost, and catches up",
  async () => {
    const fleet = new Fleet({ background: false });
    fleet.add(scripted([PASS]), { id: "a" });
    fleet.add(scripted([PASS]), { id: "b" });
    await fleet.attemptAll();
    const crash = new AbortController();
    const first = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      signal: crash.signal,
      onListen() {},
    }, createApp(fleet).fetch);
    const { port } = first.addr;
    await using tab = await open(`http://127.0.0.1:${port}/`);
    const { page } = tab;
    const icon = (): Promise<string | null> =>
      page.locator("link[rel=icon]").getAttribute("href");
    await page.locator("#checks li.healthy").nth(1).waitFor();
    assertEquals(await page.title(), "All 2 checks are healthy · lifesign");
    const well = await icon();
    crash.abort();
    await first.finished;
    await page.getByRole("heading", { name: "Connection lost" }).waitFor();
    assertMatch(
      await page.locator("#note").innerText(),
      /^No news since \d.*, reconnecting\. Last known: All 2 checks are healthy$/,
    );
    assertEquals(await page.title(), "Connection lost · lifesign");
    assertNotEquals(await icon(), well);
    await assertAccessible(page);
    await fleet.attemptAll();
    await fleet.remove("b");
    const second = Deno.serve(
      { hostname: "127.0.0.1", port, onListen() {} },
      createApp(fleet).fetch,
    );
    await page.getByRole("heading", { name: "The check is healthy" }).waitFor();
    assertEquals(await page.locator("#note").isVisible(), false);
    assertEquals(await icon(), well);
    assertEquals(await visible(page), ["a"]);
    await fleet.close();
    await second.shutdown();
  },
);

browserTest("the page notices a connection that has gone silent", async () => {
  await using web = target();
  await using app = serve(await fleetOf(web.port));
  await using tab = await open("about:blank");
  const { page } = tab;
  await page.clock.install();
  // A connection that is there, and on which nothing ever comes.
  let asked = 0;
  const silent = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      if (pathname === "/events" && asked++ === 0) {
        return new Response(new ReadableStream(), {
          headers: { "content-type": "text/event-stream" },
        });
      }
      return await fetch(`${app.url.slice(0, -1)}${pathname}${search}`);
    },
  );
  await page.goto(`http://127.0.0.1:${silent.addr.port}/`);
  await page.getByRole("heading", { name: "1 of 3 is down" }).waitFor();
  await page.clock.runFor(30_000);
  assertEquals(asked, 1);
  await page.clock.runFor(20_000);
  await page.locator("#checks li.healthy").first().waitFor();
  while (asked < 2) await page.clock.runFor(1000);
  await page.close();
  await silent.shutdown();
});

browserTest(
  "the page takes in checks that are added, and lets go of others",
  async () => {
    const fleet = new Fleet();
    const often = { interval: 100 } as const;
    fleet.add(scripted([PASS]), { ...often, id: "a" });
    fleet.add(scripted([PASS]), { ...often, id: "b" });
    await using app = serve(fleet);
    await using tab = await open(app.url);
    const { page } = tab;
    await page.locator("#checks li.healthy").nth(1).waitFor();
    await fleet.remove("a");
    await page.locator("#checks li").nth(1).waitFor({ state: "detached" });
    assertEquals(await visible(page), ["b"]);
    // Whoever is looking for something goes on doing so.
    await page.getByRole("searchbox").fill("late");
    fleet.add(scripted([PASS]), { ...often, id: "late", group: "new" });
    await page.locator("li:visible", { hasText: "late" }).waitFor();
    assertEquals(await visible(page), ["late"]);
    await page.getByRole("searchbox").fill("");
    assertEquals(await visible(page), ["b", "late"]);
    assertEquals(tab.complaints, []);
  },
);

browserTest("the page shows any id, target and reason as text", async () => {
  const fleet = new Fleet();
  for (const text of ODD) {
    fleet.add(
      scripted([{
        verdict: "fail",
        reason: { code: "body", message: text },
      }], { target: text }),
      { id: text, group: text, retries: 1, interval: 100, backoff: false },
    );
  }
  await fleet.until("unhealthy");
  await using app = serve(fleet);
  await using tab = await open(app.url);
  const { page } = tab;
  await page.getByRole("heading", { name: "22 of 22 are down" }).waitFor();
  // Each row has been replaced by the events at least once.
  await page.waitForTimeout(600);
  assertEquals(await page.locator("#checks li").count(), ODD.length);
  const links = await page.locator("#checks li a").evaluateAll((links) =>
    links.map((link) => (link as unknown as { href: string }).href)
  );
  for (const link of links) assert(link.startsWith(`${app.url}checks/`), link);
  assertEquals(tab.complaints, []);
});

browserTest("the page works where it is mounted", async () => {
  const fleet = new Fleet();
  fleet.add(scripted([PASS]), { id: "a/b", interval: 100, group: "edge" });
  const app = new Hono().route("/team/status", createApp(fleet));
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    app.fetch,
  );
  const url = `http://127.0.0.1:${server.addr.port}/team/status`;
  await using tab = await open(url);
  const { page } = tab;
  await page.locator("#checks li.healthy").waitFor();
  await page.getByRole("link", { name: "only this group: edge" }).click();
  await page.getByRole("link", { name: "all groups" }).click();
  assertEquals(page.url(), `${url}?`);
  await page.getByRole("link", { name: "a/b" }).click();
  assertEquals(page.url(), `${url}/checks/a%2Fb`);
  await page.goBack();
  await page.locator("#checks li.healthy").waitFor();
  assertEquals(tab.complaints, []);
  await fleet.close();
  await server.shutdown();
});

browserTest(
  "the page finds one of 2,000 checks while they are tried",
  async () => {
    const fleet = new Fleet();
    for (let i = 0; i < 2000; i++) {
      fleet.add(scripted([PASS]), {
        id: `check-${i}`,
        group: `group-${i % 20}`,
        interval: "2s",
      });
    }
    await fleet.until("healthy");
    await using app = serve(fleet);
    await using tab = await open(app.url);
    const { page } = tab;
    await page.getByRole("heading", { name: "All 2000 checks" }).waitFor();
    await page.getByRole("searchbox").fill("check-1999");
    await page.locator("#checks li[hidden]").nth(1998).waitFor({
      state: "attached",
    });
    assertEquals(await visible(page), ["check-1999"]);
    assertEquals(tab.complaints, []);
  },
);

browserTest("the page prints without its controls", async () => {
  await using web = target();
  await using app = serve(await fleetOf(web.port));
  await using tab = await open(app.url);
  await tab.page.emulateMedia({ media: "print" });
  assertEquals(await tab.page.locator("form").isVisible(), false);
  assertEquals(await visible(tab.page), ["web", "db", "lost cause"]);
  assertLess(1000, (await tab.page.pdf()).length);
});

browserTest("the page asks people for the token, and stays live", async () => {
  await using web = target();
  await using app = serve(await fleetOf(web.port), { token: "s3cret" });
  await using tab = await open(app.url, {
    httpCredentials: { username: "me", password: "s3cret" },
  });
  await tab.page.locator("#checks li.healthy", { hasText: "web" }).waitFor();
  web.well = false;
  await tab.page.locator("#checks li.unhealthy", { hasText: "web" }).waitFor();
  assertEquals(tab.complaints, []);
});

browserTest(
  "the page says which notifiers fail, and follows that",
  async () => {
    await using web = target();
    const team: NotifierStatus = {
      name: "team",
      type: "slack",
      pending: 0,
      sent: 1,
      failed: 0,
      givenUp: 0,
      lastSuccessAt: 0,
      failure: null,
      waiting: null,
    };
    let list: readonly NotifierStatus[] = [team];
    const notifications = { list: () => list };
    await using app = serve(await fleetOf(web.port), { notifications });
    await using tab = await open(app.url);
    const { page } = tab;
    const told = page.locator("#told");
    assertEquals(await told.isVisible(), false);

    list = [{ ...team, pending: 2, failure: { at: 0, why: "got <503>" } }];
    // Signs of life come every 15 s.
    await told.waitFor({ timeout: 60_000 });
    assertEquals(await told.locator("li").allTextContents(), [
      "Notifier team: 2 messages to send, the last attempt failed: got <503>",
    ]);
    const box = await told.locator("li").boundingBox();
    assert(box !== null && box.height < 60, `a line is ${box?.height}px high`);
    await assertAccessible(page);

    list = [team];
    await told.waitFor({ state: "hidden", timeout: 60_000 });
  },
);
