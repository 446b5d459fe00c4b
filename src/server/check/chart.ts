import { html, raw } from "hono/html";
import { formatDuration } from "../../core/duration.ts";
import { lastingText } from "../../core/people/lasting.ts";
import type { Range } from "../../fleet/past/archive.ts";
import type { Html } from "../look/html.ts";
import { tones } from "../look/legend.ts";
import { dayOf, minuteOf } from "../look/moment.ts";
import type { Point } from "./points.ts";

/** The size of a chart, in units of its own: it is stretched to its place. */
const [WIDTH, HEIGHT] = [1000, 100];

/** The least that a chart reaches up to. */
const LEAST_MS = 1;

/** How many times are written below a chart. */
const TIMES = 4;

/** What is shown behind the lines: as high as the share of the time. */
const TONES = [["unhealthy", "f"], ["maintenance", "m"]] as const;

/** The least height of that. */
const LEAST_BAND = 6;

const DAY_MS = 86_400_000;

/** A line ends where nothing is known for longer than so many of its points. */
const MAX_GAP = 1.5;

/**
 * How long attempts took, as lines of the median and the 95th percentile. The axes
 * are text, as a chart is stretched. Empty if there is nothing to draw.
 */
export function chart(
  points: readonly Point[],
  range: Range,
  zone: string,
): Html | "" {
  const highest = Math.max(
    ...points.map(({ p50, p95 }) => p95 ?? p50 ?? 0),
  );
  const timed = points.filter(({ p50 }) => p50 !== null);
  if (timed.length < 2) return "";
  const topMs = roundUp(Math.max(highest, LEAST_MS));
  const x = (at: number): number =>
    Math.round(
      Math.min(1, Math.max(0, (at - range.from) / (range.to - range.from))) *
        WIDTH,
    );
  const y = (ms: number): number =>
    Math.round((1 - ms / topMs) * HEIGHT * 10) / 10;
  const line = (name: "p50" | "p95"): string => {
    let d = "";
    let before: Point | undefined;
    for (const point of points) {
      const ms = point[name];
      if (ms === null) continue;
      const length = point.to - point.from;
      const joins = before !== undefined &&
        point.from - before.to <= length * MAX_GAP;
      d += `${joins ? "L" : "M"}${x((point.from + point.to) / 2)} ${y(ms)}`;
      before = point;
    }
    return d;
  };
  const bands = points.map(({ from, to, spans }) => {
    const place = `x="${x(from)}" width="${Math.max(2, x(to) - x(from))}"`;
    return TONES.map(([part, tone]) => {
      if (spans[part] === 0) return "";
      const share = Math.min(1, spans[part] / Math.max(1, to - from));
      const height = Math.round(Math.max(LEAST_BAND, share * HEIGHT));
      return `<rect class="${tone}" ${place} y="${
        HEIGHT - height
      }" height="${height}"/>`;
    }).join("");
  });
  const hovers = points.map((point) =>
    `<rect class="h" x="${x(point.from)}" y="0" width="${
      Math.max(1, x(point.to) - x(point.from))
    }" height="${HEIGHT}"><title>${pointText(point, zone)}</title></rect>`
  );
  const p95 = line("p95");
  // deno-fmt-ignore
  return html`<figure class="chart">
<div class="y" aria-hidden="true"><span>${formatDuration(topMs)}</span><span>${formatDuration(topMs / 2)}</span><span>0</span></div>
<svg role="img" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none"><title>${chartText(timed, zone)}</title>${raw(bands.join(""))}<path class="grid" d="M0 0h${WIDTH}M0 ${HEIGHT / 2}h${WIDTH}M0 ${HEIGHT}h${WIDTH}"/>${raw(p95 === "" ? "" : `<path class="p95" d="${p95}"/>`)}<path class="p50" d="${line("p50")}"/>${raw(hovers.join(""))}</svg>
<div class="x" aria-hidden="true">${timesOf(range, zone).map((time) => html`<span>${time}</span>`)}</div>
</figure>
<p class="legend">${tones([...(p95 === "" ? [["p50", "one attempt"]] as const : [["p50", "median"], ["p95", "95th percentile"]] as const), ["f", "down"], ["m", "maintenance"]])}. Times are in ${zone}.</p>`;
}

/** The next number of one digit, or 15, with as many zeros as it takes. */
function roundUp(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  const digit =
    [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((each) => each * unit >= value) ?? 10;
  return digit * unit;
}

function timesOf({ from, to }: Range, zone: string): string[] {
  const isShort = to - from <= 2 * DAY_MS;
  return Array.from({ length: TIMES }, (_, i) => {
    const at = from + (to - from) * i / (TIMES - 1);
    return isShort ? minuteOf(at, zone).slice(11) : dayOf(at, zone).slice(5);
  });
}

function pointText(point: Point, zone: string): string {
  const { from, p50, p95, spans, attempts, failed } = point;
  return [
    `${minuteOf(from, zone)}: ${
      p50 === null ? "no attempt passed" : `median ${formatDuration(p50)}`
    }`,
    p95 === null ? "" : `95 % within ${formatDuration(p95)}`,
    attempts > 1 ? `${attempts} attempts` : "",
    failed > 0 ? `${failed} failed` : "",
    spans.unhealthy > 0 ? `down ${lastingText(spans.unhealthy)}` : "",
    spans.maintenance > 0
      ? `in maintenance ${lastingText(spans.maintenance)}`
      : "",
  ].filter(Boolean).join(", ");
}

function chartText(timed: readonly Point[], zone: string): string {
  const last = timed.at(-1)!;
  const slowest = timed.reduce((a, b) =>
    (b.p95 ?? b.p50!) > (a.p95 ?? a.p50!) ? b : a
  );
  return `Response times. Last: ${pointText(last, zone)}. Slowest: ${
    pointText(slowest, zone)
  }.`;
}
