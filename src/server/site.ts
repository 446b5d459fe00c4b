import { OptionError } from "../core/option_error.ts";

/** The longest image as a `data:` URI: each page has it. */
export const MAX_LOGO_CHARS = 50_000;

/** What all pages are called, and where they are. */
export interface Site {
  readonly title: string;
  readonly description: string | undefined;
  /** An image as a `data:` URI. */
  readonly logo: string | undefined;
  /** Where the app is, as others see it, with a slash at its end. */
  readonly url: string | undefined;
  /** The time zone of the times that pages show. */
  readonly zone: string;
}

/**
 * Checks the options of the pages.
 *
 * @throws {OptionError} If the logo, the URL or the time zone is not valid.
 */
export function siteOf(
  { title, description, logo, url, timezone = "UTC" }: {
    readonly title: string;
    readonly description?: string;
    readonly logo?: string;
    readonly url?: string;
    readonly timezone?: string;
  },
): Site {
  if (logo !== undefined) mustBeImage(logo);
  mustBeTimeZone(timezone);
  return {
    title,
    description,
    logo,
    url: url === undefined ? undefined : baseUrlOf(url),
    zone: timezone,
  };
}

function mustBeTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch {
    throw new OptionError(
      "timezone",
      `expected a time zone such as "Europe/Berlin", got ${
        JSON.stringify(timeZone)
      }`,
    );
  }
}

function mustBeImage(logo: string): void {
  if (!/^data:image\/[\w.+-]+[;,]/.test(logo)) {
    throw new OptionError(
      "logo",
      `expected an image as a data: URI, got ${
        JSON.stringify(logo.slice(0, 40))
      }`,
    );
  }
  if (logo.length > MAX_LOGO_CHARS) {
    throw new OptionError(
      "logo",
      `expected at most ${MAX_LOGO_CHARS} characters, got ${logo.length}`,
    );
  }
}

function baseUrlOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new OptionError(
      "url",
      `expected an absolute URL with http: or https:, got ${
        JSON.stringify(text)
      }`,
    );
  }
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  url.search = url.hash = "";
  return url.href;
}

/**
 * The absolute URL of the app, with a slash at its end, as a request for a path of
 * so many parts sees it, unless the options say so.
 */
export function appUrlOf(
  { url }: Pick<Site, "url">,
  requested: string,
  depth: number,
): string {
  if (url !== undefined) return url;
  const { origin, pathname } = new URL(requested);
  return `${origin}${pathname.split("/").slice(0, -depth).join("/")}/`;
}
