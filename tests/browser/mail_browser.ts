// The HTML of e-mail, in Chromium.

import { assertEquals } from "@std/assert";
import { LETTERS } from "../support/letters.ts";
import { assertAccessible, browserTest, open } from "./browser.ts";

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [360, 800]) {
    browserTest(
      `mails fit, and can be read by all, ${colorScheme} and ${width} px wide`,
      async () => {
        const viewport = { width, height: 600 };
        await using window = await open("about:blank", {
          colorScheme,
          viewport,
        });
        const { page, complaints } = window;
        for (const [name, letter] of Object.entries(LETTERS)) {
          await page.setContent(letter.html());
          // What measures contrast takes what is transparent for white.
          await page.addStyleTag({ content: "html { background: Canvas }" });
          const full = await page.evaluate(
            "document.documentElement.scrollWidth",
          );
          assertEquals(full, width, name);
          await assertAccessible(page);
        }
        assertEquals(complaints, []);
      },
    );
  }
}
