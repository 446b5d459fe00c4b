import { isDeepStrictEqual } from "node:util";
import type { Config } from "../config/config.ts";
import { type SiteConfig, siteOf } from "../config/site.ts";
import { sleep } from "../io/sleep.ts";
import { authority } from "../probes/address.ts";
import type { Schema } from "../schema/schema.ts";
import type { Section } from "../sinks/section.ts";
import type { AgentContext } from "./context.ts";
import { isFile, readLogo } from "./logo.ts";
import { type ListenAddress, serve } from "./serve.ts";
import { environmentToken, TOKEN_VARIABLE } from "./token.ts";

/** What the pages are made of. */
type PageConfig = SiteConfig & Pick<Config, "timezone">;

/** How long after the start days are read ahead, in milliseconds. */
const AHEAD_MS = 2000;

const DEFAULT_ADDRESS = "127.0.0.1:8686";

/** 0 to 65535. */
const PORT_PATTERN =
  "([0-5]?\\d{1,4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])";

const SCHEMA: Schema = {
  title: `an address such as "${DEFAULT_ADDRESS}", or false`,
  description: "Where the HTTP app listens; false for not at all",
  default: DEFAULT_ADDRESS,
  examples: [DEFAULT_ADDRESS, "0.0.0.0:8686", false],
  anyOf: [
    { enum: [false] },
    {
      type: "string",
      pattern: `^(\\[[\\da-fA-F:.]+\\]|[^\\s:/@[\\]]+):${PORT_PATTERN}$`,
    },
  ],
};

/** Serves the HTTP app. */
export const listenSection: Section<ListenAddress, AgentContext> = {
  key: "listen",
  schema: SCHEMA,
  parse: parseListen,
  needs: (address, { token, logo }) => [
    { name: "net", host: authority(address) },
    ...(isFile(logo) ? [{ name: "read", path: logo } as const] : []),
    ...(token === undefined
      ? [{ name: "env", variable: TOKEN_VARIABLE } as const]
      : []),
  ],
  async start(address, context) {
    const { fleet, config, configLoad, archive, say, onError } = context;
    const { incidents, maintenance, notifications, lastAliveAt } = context;
    const cluster = context.cluster();
    const beside = context.beside();
    const { createApp } = await import("../server/app.ts");
    const { keptDaysOf } = await import("../server/past/kept_days.ts");
    const appWith = (
      token: string | undefined,
      { title, description, logo, url, timezone, public: page }: PageConfig,
    ): ReturnType<typeof createApp> => {
      const past = archive();
      const notifiers = notifications();
      const image = readLogo(logo, say);
      return createApp(fleet, {
        configLoad,
        lastAliveAt,
        incidents,
        maintenance,
        isLocal: isLoopback(address),
        ...(title !== undefined && { title }),
        ...(description !== undefined && { description }),
        ...(image !== undefined && { logo: image }),
        ...(url !== undefined && { url }),
        timezone,
        ...(page !== undefined && { public: page }),
        ...(token !== undefined && { token }),
        ...(past !== undefined && { archive: past }),
        ...(notifiers !== undefined && { notifications: notifiers }),
        ...(cluster !== undefined && { cluster }),
        ...(beside !== undefined && { beside }),
      });
    };
    /** Has what the first page would wait for, when the checks have begun. */
    const readAhead = async (signal: AbortSignal): Promise<void> => {
      const past = archive();
      if (past === undefined) return;
      await sleep(AHEAD_MS, signal);
      const days = keptDaysOf(past, config.timezone);
      await days.readAhead(fleet.ids(), signal);
    };
    // It is read once: a process's own environment does not change.
    let fallback: { readonly token: string | undefined } | undefined;
    const tokenOf = ({ token }: { readonly token?: string }) =>
      token ?? (fallback ??= { token: environmentToken(say) }).token;

    let token = tokenOf(config);
    let site = pageConfigOf(config);
    let app = appWith(token, site);
    const end = new AbortController();
    const server = serve((request) => app.fetch(request), address, onError);
    return {
      url: server.url,
      begin() {
        if (token === undefined && !isLoopback(address)) {
          say(
            `anybody who can connect to ${
              authority(address)
            } can see everything; set token or ${TOKEN_VARIABLE}`,
            "warn",
          );
        }
        void readAhead(end.signal);
      },
      reload(_, next: Config) {
        const before = { token, site };
        token = tokenOf(next);
        site = pageConfigOf(next);
        const notes: string[] = [];
        if (token !== before.token) {
          notes.push(token === undefined ? "token removed" : "token changed");
        }
        if (!isDeepStrictEqual(site, before.site)) notes.push("pages changed");
        if (notes.length > 0) app = appWith(token, site);
        return notes;
      },
      close() {
        end.abort();
        return server.close();
      },
    };
  },
};

/** Where the key's value says to listen, if anywhere. */
function parseListen(
  listen: string | false = DEFAULT_ADDRESS,
): ListenAddress | undefined {
  if (listen === false) return undefined;
  const colon = listen.lastIndexOf(":");
  return {
    hostname: listen.slice(0, colon).replace(/^\[|\]$/g, ""),
    port: Number(listen.slice(colon + 1)),
  };
}

function isLoopback({ hostname }: ListenAddress): boolean {
  return /^(?:127(?:\.\d+){3}|::1|localhost)$/.test(hostname);
}

function pageConfigOf(config: Config): PageConfig {
  return { ...siteOf(config), timezone: config.timezone };
}
