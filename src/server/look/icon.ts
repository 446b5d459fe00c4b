import type { Status } from "../../core/types.ts";

/**
 * The page's icon: a shape and a colour for each status, and one for a page that
 * has lost its connection. The page contains the source of this function, so it
 * uses nothing from its module.
 */
export function icon(status: Status | "lost"): string {
  const [colour, shape] = {
    healthy: ["1a7f37", "<circle cx='8' cy='8' r='7'/>"],
    degraded: ["bf8700", "<path d='M8 1l7.5 14H.5z'/>"],
    unhealthy: [
      "cf222e",
      "<path d='M4 1l4 4 4-4 3 3-4 4 4 4-3 3-4-4-4 4-3-3 4-4-4-4z'/>",
    ],
    unknown: [
      "818b98",
      "<path d='M8 1a7 7 0 100 14A7 7 0 008 1m0 3a4 4 0 110 8 4 4 0 010-8'/>",
    ],
    lost: ["818b98", "<path d='M1 6h3v4H1zm5.5 0h3v4h-3zM12 6h3v4h-3z'/>"],
  }[status]!;
  return `data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' fill='%23${colour}'>${shape}</svg>`;
}
