import { assertEquals } from "@std/assert";
import { baseOf } from "../../../src/server/look/base.ts";

const BASES: readonly (readonly [string, number, string, string])[] = [
  ["/", 0, "", "?"],
  ["/status", 0, "./status/", "?"],
  ["/status/", 0, "", "?"],
  ["/v1:status", 0, "./v1:status/", "?"],
  ["/incidents", 1, "", "./"],
  ["/status/incidents", 1, "", "../status"],
  ["/checks/a%2Fb", 2, "../", "../"],
  ["/a/status/checks/x", 2, "../", "../../status"],
];

for (const [path, depth, base, home] of BASES) {
  Deno.test(`baseOf() leads from ${path} home`, () => {
    const url = `http://localhost${path}`;
    assertEquals(baseOf(`${url}?a=/b`, depth), { base, home });
    const mount = path.split("/").slice(0, path.split("/").length - depth)
      .join("/").replace(/\/$/, "");
    const { pathname } = new URL(home, url);
    assertEquals(pathname.replace(/\/$/, ""), mount);
    assertEquals(new URL(`${base}checks/x`, url).pathname, `${mount}/checks/x`);
  });
}
