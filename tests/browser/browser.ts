/**
 * A real Chromium, and pages in it that must not complain.
 *
 * @module
 */

import axe from "axe-core";
import { assertEquals } from "@std/assert";
import {
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";
import type { Fleet } from "../../src/fleet/fleet.ts";
import { type AppOptions, createApp } from "../../src/server/mod.ts";

/** Where Debian and others put it. */
const executablePath = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";

/** The browser, for as long as the tests of one file run. */
const browser = await chromium.launch({
  executablePath,
  // Root may not use its sandbox; all pages are ours.
  args: ["--no-sandbox"],
});
addEventListener("unload", () => void browser.close());

/** A test in which the browser's client may leave timers of its own. */
export function browserTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

/** Shows a fleet's page in a window of its own. */
export async function open(
  url: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; complaints: string[] } & AsyncDisposable> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(url);
  return {
    page,
    complaints,
    async [Symbol.asyncDispose]() {
      await context.close();
    },
  };
}

/** Serves a fleet's app. */
export function serve(
  fleet: Fleet,
  options: AppOptions = {},
): { readonly url: string } & AsyncDisposable {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    createApp(fleet, options).fetch,
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    async [Symbol.asyncDispose]() {
      await fleet.close();
      await server.shutdown();
    },
  };
}

/** Fails if axe-core finds anything that keeps somebody from using a page. */
export async function assertAccessible(page: Page): Promise<void> {
  // Not as a script element, which the page's policy forbids.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run()
  );
  assertEquals(
    violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
    [],
  );
}
