/** Where the app is, as links on a page see it. */
export interface Base {
  /** The prefix of links to paths of the app. */
  readonly base: string;
  /** The link to the status page. */
  readonly home: string;
}

/**
 * The links of a page at a path of so many parts, such as 2 for `checks/ID`,
 * wherever the app is mounted. They are relative, as a proxy may show the app at
 * another path.
 */
export function baseOf(url: string, depth: number): Base {
  const { pathname } = new URL(url);
  if (depth === 0) {
    // Hono's path may lack the trailing slash that a browser resolves links by.
    if (pathname.endsWith("/")) return { base: "", home: "?" };
    // Without the dot, a colon in the path would look like a URL's scheme.
    return {
      base: `./${pathname.slice(pathname.lastIndexOf("/") + 1)}/`,
      home: "?",
    };
  }
  const up = "../".repeat(depth - 1);
  const mount = pathname.split("/").slice(0, -depth).at(-1) ?? "";
  return { base: up, home: mount === "" ? up || "./" : `${up}../${mount}` };
}
