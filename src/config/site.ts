import type { Caption } from "../core/types.ts";
import type { Kind } from "../probes/kind.ts";
import { type ConfigIssue, join } from "../schema/issue.ts";
import type { Schema } from "../schema/schema.ts";
import type { Fields } from "./names.ts";
import type { ConfigContent } from "./section.ts";
import { described, NON_EMPTY_STRING } from "../schema/values.ts";

/** What is shown to people of all checks. */
export interface SiteConfig {
  /** The title of the pages. */
  readonly title?: string;
  /** What they are about. */
  readonly description?: string;
  /** The path of an image file, or an image as a `data:` URI. */
  readonly logo?: string;
  /** Where the HTTP app is, as others see it: where links point. */
  readonly url?: string;
  /** The page for people who have no token. */
  readonly public?: PublicConfig;
}

/** A page with less in it, for which nobody needs a token. */
export interface PublicConfig {
  /** Its path, such as `/public`. */
  readonly path: string;
  /** Its title. */
  readonly title?: string;
  /** The groups whose checks it shows; without it, all checks. */
  readonly groups?: readonly string[];
}

const PUBLIC_PATH = "/public";

/** Where other paths of the app begin. */
const TAKEN =
  "badge|checks|events|health|incidents|livez|maintenance|metrics|openapi|ping|readyz";

/** An absolute URL of a page. */
const PAGE_URL: Schema = {
  title: "an absolute URL with http: or https:",
  examples: ["https://status.example.com/"],
  type: "string",
  pattern: "^https?://[^\\s?#]+$",
  format: "uri",
};

/** A link for people. */
const LINK: Schema = {
  title: "a link with http:, https: or mailto:",
  examples: ["https://wiki.example.com/web", "mailto:web@example.com"],
  type: "string",
  pattern: "^(?:https?://|mailto:)\\S+$",
  format: "uri",
};

/** The keys of a config file that the pages show. */
export const SITE_PROPERTIES: Readonly<Record<keyof SiteConfig, Schema>> = {
  title: described(NON_EMPTY_STRING, "The title of the pages", "lifesign"),
  description: described(NON_EMPTY_STRING, "What the pages are about"),
  logo: {
    title: "an image file, or an image as a data: URI",
    description: "The image beside the title, of at most 32 KiB",
    examples: ["logo.svg"],
    type: "string",
    pattern: "^(?!https?:)(?:data:image/[\\w.+-]+[;,].*|(?!data:).+)$",
  },
  url: described(
    PAGE_URL,
    "Where the HTTP app is, as others see it: where links point",
  ),
  public: {
    title: `a map such as { path: ${PUBLIC_PATH} }`,
    description: "A page with less in it, for which nobody needs a token",
    examples: [{ path: PUBLIC_PATH, groups: ["edge"] }],
    type: "object",
    additionalProperties: false,
    properties: {
      path: {
        title: `a path such as "${PUBLIC_PATH}" that the app does not have yet`,
        description: "Where it is",
        default: PUBLIC_PATH,
        type: "string",
        pattern: `^/(?!(?:${TAKEN})(?:[/.]|$))[\\w-]+(?:/[\\w-]+)*$`,
      },
      title: described(NON_EMPTY_STRING, "Its title"),
      groups: {
        title: "a list of groups",
        description: "The groups whose checks it shows; by default all checks",
        type: "array",
        minItems: 1,
        items: NON_EMPTY_STRING,
      },
    },
  },
};

const CAPTION: Readonly<Record<keyof Caption, Schema>> = {
  name: described(NON_EMPTY_STRING, "What people call the check"),
  description: described(NON_EMPTY_STRING, "What the check is about"),
  link: described(LINK, "Where people find more about the check"),
};

/**
 * The keys of a check that are for people. A kind may have them for something else,
 * such as the name that a name server is asked for.
 */
export function captionProperties({ schema }: Kind): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(CAPTION).filter(([key]) =>
      !Object.hasOwn(schema.properties, key)
    ),
  );
}

/** What a check has for people. */
export function captionOf(kind: Kind, fields: Fields): Caption {
  return Object.fromEntries(
    Object.keys(captionProperties(kind)).filter((key) =>
      fields[key] !== undefined
    ).map((key) => [key, fields[key]]),
  );
}

/** The groups of the public page that no check is in. */
export function groupIssues(
  groups: readonly string[] | undefined,
  { groups: known }: ConfigContent,
): ConfigIssue[] {
  return (groups ?? []).flatMap((group, i) => {
    if (known?.has(group) ?? true) return [];
    const message = `there is no check in the group ${JSON.stringify(group)}`;
    return [{ path: join("public.groups", i), message }];
  });
}

/** The part of a valid config that the pages show. */
export function siteOf(
  { title, description, logo, url, public: page }:
    & Omit<
      SiteConfig,
      "public"
    >
    & { readonly public?: Partial<PublicConfig> },
): SiteConfig {
  return {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(logo !== undefined && { logo }),
    ...(url !== undefined && { url }),
    ...(page !== undefined && { public: { path: PUBLIC_PATH, ...page } }),
  };
}
