// Draws pictures of the pages in many states into a folder, to look at them:
//
//   deno run -A tests/browser/gallery.ts /tmp/shots [NAME…]

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
  incidents: { ...FIFTY, past: true, path: "incidents?format=html" },
};

const [folder = "/tmp/shots", ...names] = Deno.args;
for (const [name, picture] of Object.entries(PICTURES)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const { path = "", past = false, maintenance = [] } = picture;
  const fleet = sceneOf(picture);
  const archive = past ? pastOf(fleet, ["web-0", "search-7"]) : undefined;
  await using app = serve(fleet, {
    title: "shop.example",
    public: { groups: ["edge", "data"] },
    ...(archive && { archive }),
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
