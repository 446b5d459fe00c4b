/** A server that takes mail. */
export interface MailServer {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** Whether TLS comes before all else. */
  readonly isSecure: boolean;
  /** Who sends, if the server is to know. */
  readonly login?: { readonly user: string; readonly password: string };
}

const HOST = String.raw`\[[\da-fA-F:.]+\]|[^\s:\/?#@\[\]%]+`;

/**
 * The form of its URL, such as `smtp://user:password@mail.example:587`. A password
 * may have any character, also those that a URL would escape.
 */
export const SERVER_PATTERN: string = String
  .raw`^(smtps?):\/\/(?:([^:\s]+):(.+)@)?(${HOST})(?::(\d{1,5}))?\/?$`;

/** The ports of submission (RFC 8314). */
const PORTS: Readonly<Record<string, number>> = { smtp: 587, smtps: 465 };

/** Reads the URL of a server, which is of this form. */
export function serverOf(url: string): MailServer {
  const [, scheme, user, password, host, port] = new RegExp(SERVER_PATTERN, "u")
    .exec(url)!;
  return {
    host: host!.replace(/^\[|\]$/g, ""),
    port: port === undefined ? PORTS[scheme!]! : Number(port),
    isSecure: scheme === "smtps",
    ...(user !== undefined &&
      { login: { user: unescaped(user), password: unescaped(password!) } }),
  };
}

/** How people write its host and port. */
export function authority({ host, port }: MailServer): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** A part of a URL, or a string that is none. */
function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
