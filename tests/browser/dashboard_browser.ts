import { assertEquals, assertMatch } from "@std/assert";
import { Hono } from "hono";
import { Fleet } from "../../mod.ts";
import { createApp } from "../../src/server/mod.ts";
import { FAIL, PASS, scripted, WARN } from "../support/probes.ts";
import { assertAccessible, browserTest, open } from "./browser.ts";

const html = await Deno.readTextFile(
  new URL("../../examples/dashboard.html", import.meta.url),
);

for (const colorScheme of ["light", "dark"] as const) {
  browserTest(
    `examples/dashboard.html shows what the events tell, ${colorScheme}`,
    async () => {
      const fleet = new Fleet({ background: false });
      fleet.add(scripted([PASS, FAIL, PASS]), { id: "web", retries: 1 });
      fleet.add(scripted([WARN]), { id: "<b>db</b>" });
      const app = new Hono().get("/", (c) => c.html(html))
        .route("/status", createApp(fleet));
      const server = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen() {} },
        app.fetch,
      );
      await fleet.attemptAll();
      const url = `http://127.0.0.1:${server.addr.port}/?url=/status`;
      await using tab = await open(url, { colorScheme });
      const { page, complaints } = tab;
      await page.getByRole("heading", { name: "1 of 2 degraded" }).waitFor();
      assertMatch(
        await page.locator("article").last().innerText(),
        /^▲ <b>db<\/b>\nToo slow\nscript$/,
      );
      await assertAccessible(page);
      await fleet.attempt("web");
      await page.getByRole("heading", { name: "1 of 2 unhealthy" }).waitFor();
      await fleet.attempt("web");
      await page.getByRole("heading", { name: "1 of 2 degraded" }).waitFor();
      await fleet.remove("<b>db</b>");
      await fleet.attempt("web");
      await page.getByRole("heading", { name: "1 of 1 healthy" }).waitFor();
      assertEquals(await page.locator("article").count(), 1);
      // The browser asks for an icon that there is not.
      assertEquals(complaints.filter((it) => !/404/.test(it)), []);
      await fleet.close();
      await server.shutdown();
    },
  );
}
