// Draws pictures of the pages in many states into a folder, to look at them:
//
//   deno run -A tests/browser/gallery.ts /tmp/shots [NAME…]

import { open, serve } from "./browser.ts";
import { type Scene, sceneOf } from "./scenes.ts";

const SCENES: Readonly<Record<string, Scene>> = {
  five: { size: 5 },
  fifty: {
    size: 50,
    down: (i) => [7, 33].includes(i),
    slow: (i) => [12, 13, 40].includes(i),
  },
  many: { size: 500, down: (i) => i % 97 === 3, slow: (i) => i % 61 === 5 },
  none: { size: 0 },
  dead: { size: 30, down: () => true },
};

const [folder = "/tmp/shots", ...names] = Deno.args;
for (const [name, scene] of Object.entries(SCENES)) {
  if (names.length > 0 && !names.includes(name)) continue;
  await using app = serve(sceneOf(scene), { title: "shop.example" });
  for (const width of [360, 800, 1400]) {
    for (const colorScheme of ["light", "dark"] as const) {
      if (width === 800 && colorScheme === "dark") continue;
      await using tab = await open(app.url, {
        viewport: { width, height: 900 },
        colorScheme,
      });
      await tab.page.waitForTimeout(400);
      await tab.page.screenshot({
        path: `${folder}/${name}-${width}-${colorScheme}.png`,
      });
      if (tab.complaints.length > 0) console.log(name, tab.complaints);
    }
  }
}
Deno.exit();
