import { escaped } from "../../core/people/xml.ts";
import { percentText } from "../../core/past/uptime.ts";
import { oneLine } from "../../core/text.ts";
import type { Status } from "../../core/types.ts";

/** A badge: two short strings, the second one on a colour. */
export interface Badge {
  readonly label: string;
  readonly message: string;
  /** A CSS colour such as `"#4c1"`. */
  readonly color: string;
}

/** A badge in the format of shields.io's endpoint badges. */
export interface BadgeEndpoint extends Badge {
  readonly schemaVersion: 1;
}

/** The colours of shields.io. White text is readable on all of them. */
const GREY = "#9f9f9f";
const RED = "#e05d44";
const ORANGE = "#fe7d37";
const YELLOW = "#dfb317";
const GREEN = "#97ca00";
const BRIGHT_GREEN = "#4c1";

const STATUS_COLORS: Readonly<Record<Status, string>> = {
  healthy: BRIGHT_GREEN,
  degraded: YELLOW,
  unhealthy: RED,
  unknown: GREY,
};

/** The lowest uptime of each colour. */
const UPTIME_COLORS: readonly (readonly [number, string])[] = [
  [0.999, BRIGHT_GREEN],
  [0.99, GREEN],
  [0.95, YELLOW],
  [0.9, ORANGE],
  [0, RED],
];

/** Makes the badge of a check's status. */
export function statusBadge(label: string, status: Status): Badge {
  return badge(label, status, STATUS_COLORS[status]);
}

/** Makes the badge of a check's uptime, a share; `null` if it is not known. */
export function uptimeBadge(label: string, uptime: number | null): Badge {
  if (uptime === null) return badge(label, "unknown", GREY);
  const [, color] = UPTIME_COLORS.find(([from]) => uptime >= from)!;
  return badge(label, `${percentText(uptime, 2)}%`, color);
}

/** Makes the badge of a check that does not exist, or of what is not kept. */
export function missingBadge(label: string, message = "not found"): Badge {
  return badge(label, message, GREY);
}

/** The most characters of a string that a badge shows. */
const MAX_LENGTH = 100;

function badge(label: string, message: string, color: string): Badge {
  return { label: oneLine(label, MAX_LENGTH), message, color };
}

/** The badge in the format of shields.io's endpoint badges. */
export function toEndpoint(badge: Badge): BadgeEndpoint {
  return { schemaVersion: 1, ...badge };
}

/**
 * Draws a badge in the flat style of shields.io. It has no `style` that a content
 * security policy could forbid, and loads nothing.
 */
export function toSvg({ label, message, color }: Badge): string {
  const [labelWidth, messageWidth] = [widthOf(label), widthOf(message)];
  // Each text has 5 pixels on both sides.
  const left = labelWidth + 10;
  const width = left + messageWidth + 10;
  const title = escaped(`${label}: ${message}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="20" role="img" aria-label="${title}">
<title>${title}</title>
<linearGradient id="s" x2="0" y2="100%"><stop offset="0" stop-color="#bbb" stop-opacity=".1"/><stop offset="1" stop-opacity=".1"/></linearGradient>
<clipPath id="r"><rect width="${width}" height="20" rx="3" fill="#fff"/></clipPath>
<g clip-path="url(#r)"><rect width="${left}" height="20" fill="#555"/><rect x="${left}" width="${
    width - left
  }" height="20" fill="${color}"/><rect width="${width}" height="20" fill="url(#s)"/></g>
<g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" text-rendering="geometricPrecision" font-size="110">
${drawn(label, labelWidth, 6)}
${drawn(message, messageWidth, left + 4)}
</g>
</svg>
`;
}

/** A text and its shadow, drawn ten times as large and scaled down. */
function drawn(text: string, width: number, from: number): string {
  const place = `x="${
    from * 10 + width * 5
  }" transform="scale(.1)" textLength="${width * 10}"`;
  const shown = escaped(text);
  return `<text aria-hidden="true" y="150" fill="#010101" fill-opacity=".3" ${place}>${shown}</text><text y="140" ${place}>${shown}</text>`;
}

/** The widths of characters in Verdana at 11 pixels, in hundredths of a pixel. */
const WIDTHS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    295: "'",
    302: "il",
    379: "j",
    387: " f",
    400: ",.",
    433: "!t",
    463: "I",
    469: "r",
    500: "()-/:;J[\\]|",
    505: '"',
    573: "cs",
    578: "z",
    600: "?",
    612: "L",
    632: "F",
    651: "kvxy",
    655: "e",
    661: "a",
    663: "P",
    668: "o",
    677: "Y",
    678: "T",
    685: "bdgpq",
    696: "Ehnu",
    698: "{}",
    699: "$*0123456789_`",
    752: "ASV",
    754: "BXZ",
    762: "K",
    765: "R",
    768: "C",
    799: "&",
    805: "U",
    823: "N",
    827: "H",
    848: "D",
    853: "G",
    866: "OQ",
    900: "#+<=>^w~",
    927: "M",
    1070: "m",
    1088: "W",
    1100: "@",
    1184: "%",
  }).flatMap(([width, characters]) =>
    [...characters].map((character) => [character, Number(width)] as const)
  ),
);

/** The widths of other letters, and of ideographs, symbols and emoji. */
const OTHER_WIDTH = 750;
const WIDE_WIDTH = 1100;
const WIDE_FROM = "\u1100";

/** Made when it is first needed, because making it is slow. */
let characters: Intl.Segmenter | undefined;

/**
 * The width of a text in pixels: an odd number, which looks sharper, as at
 * shields.io. The text is drawn at this width, so an estimate cuts nothing off.
 */
function widthOf(text: string): number {
  characters ??= new Intl.Segmenter("en");
  let width = 0;
  for (const { segment } of characters.segment(text)) {
    // An accent does not make a letter wider.
    const [base = ""] = segment.normalize("NFD");
    width += WIDTHS.get(base) ?? (base < WIDE_FROM ? OTHER_WIDTH : WIDE_WIDTH);
  }
  return Math.floor(width / 100) | 1;
}
