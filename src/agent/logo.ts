import { Buffer } from "node:buffer";
import type { Say } from "../core/say.ts";
import { MAX_LOGO_CHARS } from "../server/site.ts";

/** The largest image: each page has it. */
const MAX_BYTES = 32 * 1024;

/** The types of images, by the ends of their files' names. */
const TYPES: Readonly<Record<string, string>> = {
  avif: "image/avif",
  gif: "image/gif",
  ico: "image/x-icon",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  png: "image/png",
  svg: "image/svg+xml",
  webp: "image/webp",
};

/** Whether a logo is the path of a file. */
export function isFile(logo: string | undefined): logo is string {
  return logo !== undefined && !logo.startsWith("data:");
}

/**
 * Makes a `data:` URI of the logo of a config. An image that cannot be shown keeps
 * nothing from running: the user is told.
 */
export function readLogo(
  logo: string | undefined,
  say: Say,
): string | undefined {
  if (logo === undefined) return undefined;
  if (logo.startsWith("data:")) {
    if (logo.length <= MAX_LOGO_CHARS) return logo;
    return void say(
      `cannot show the logo: expected at most ${MAX_LOGO_CHARS} characters, got ${logo.length}`,
      "warn",
    );
  }
  const [, end = ""] = /\.(\w+)$/.exec(logo) ?? [];
  const type = Object.hasOwn(TYPES, end.toLowerCase())
    ? TYPES[end.toLowerCase()]
    : undefined;
  const refuse = (why: string): undefined =>
    void say(`cannot show the logo ${logo}: ${why}`, "warn");
  if (type === undefined) {
    return refuse(`expected one of .${Object.keys(TYPES).join(", .")}`);
  }
  try {
    const { size } = Deno.statSync(logo);
    if (size > MAX_BYTES) {
      return refuse(`expected at most ${MAX_BYTES} bytes, got ${size}`);
    }
    const bytes = Deno.readFileSync(logo);
    return `data:${type};base64,${Buffer.from(bytes).toString("base64")}`;
  } catch (error) {
    return refuse((error as Error).message);
  }
}
