import { compress } from "hono/compress";
import type { Context } from "hono";
import { OptionError } from "../../core/option_error.ts";
import { lastingText } from "../../core/people/lasting.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { wallTime } from "../../io/clock.ts";
import { IS_WORKERD } from "../../io/runtime.ts";
import { atom, FEED_TYPE } from "../incidents/atom.ts";
import { findIncidents, type IncidentSources } from "../incidents/find.ts";
import { DAYS } from "../look/days.ts";
import { minuteOf } from "../look/moment.ts";
import { answer } from "../openapi/operation.ts";
import type { View } from "../page/view.ts";
import type { Env, Route } from "../route.ts";
import { appUrlOf } from "../site.ts";
import { toPublicJson } from "./json.ts";
import { publicPage } from "./page.ts";
import { isShown, type PublicStatus, publicStatus } from "./status.ts";

/** The page for people who have no token. */
export interface PublicOptions {
  /**
   * Its path. Its JSON and its feed are below it.
   *
   * @default {"/public"}
   */
  path?: string;
  /** Its title. It defaults to that of the app. */
  title?: string;
  /** The groups whose checks it shows. It defaults to all checks. */
  groups?: readonly string[];
}

/** What the public routes are made of. */
export type PublicContent = IncidentSources & {
  readonly fleet: Fleet;
  readonly view: View;
};

/** The most incidents that are shown. */
const INCIDENTS = 50;

const DAY_MS = 86_400_000;

/**
 * The page for people who have no token, its JSON and its feed. Nothing of what
 * they answer is made of more than {@linkcode PublicStatus} has.
 *
 * @throws {OptionError} If the path is not one, or another route has it.
 */
export function publicRoutes(
  { path = "/public", title: ownTitle, groups }: PublicOptions,
  content: PublicContent,
  others: readonly Route[],
): readonly Route[] {
  mustBeFree(path, others);
  const { view } = content;
  const { site } = view;
  const title = ownTitle ?? site.title;
  const common = {
    isPublic: true,
    ...(!IS_WORKERD && { middleware: compress() }),
  };
  const depth = path.split("/").length - 1;
  const parent = path.slice(path.lastIndexOf("/") + 1);
  return [
    {
      ...common,
      path,
      operation: {
        path,
        operationId: "getPublicPage",
        summary: "The page for people who have no token",
        responses: { 200: answer("An HTML page", "text/html") },
      },
      async handle(c) {
        return c.html(publicPage({
          title,
          logo: site.logo,
          status: await statusOf(content, groups),
          hasDays: view.hasDays,
          base: `${parent}/`,
          zone: site.zone,
          nonce: c.get("secureHeadersNonce") ?? "",
          now: wallTime(),
        }));
      },
    },
    {
      ...common,
      path: `${path}/status.json`,
      operation: {
        path: `${path}/status.json`,
        operationId: "getPublicStatus",
        summary: "What the public page shows",
        responses: {
          200: answer("The status", "application/json", "PublicStatus"),
        },
      },
      handle: async (c) =>
        c.json(toPublicJson(title, await statusOf(content, groups))),
    },
    {
      ...common,
      path: `${path}/incidents.atom`,
      operation: {
        path: `${path}/incidents.atom`,
        operationId: "getPublicFeed",
        summary: "The incidents of the public page as an Atom feed",
        responses: { 200: answer("The feed", "application/atom+xml") },
      },
      async handle(c) {
        const url = `${appUrlOf(site, c.req.url, depth + 1)}${path.slice(1)}`;
        const status = await statusOf(content, groups);
        return feed(c, { title, url, status, zone: site.zone });
      },
    },
  ];
}

function mustBeFree(path: string, others: readonly Route[]): void {
  const [, first] = /^\/([\w-]+)(?:\/[\w-]+)*$/.exec(path) ?? [];
  const isTaken = others.some((route) => route.path.split(/[/.]/)[1] === first);
  if (first !== undefined && !isTaken) return;
  throw new OptionError(
    "public.path",
    `expected a path such as "/public" that the app does not have yet, got ${
      JSON.stringify(path)
    }`,
  );
}

async function statusOf(
  { fleet, view, ...sources }: PublicContent,
  groups: readonly string[] | undefined,
): Promise<PublicStatus> {
  await view.refresh();
  const shown = fleet.list().filter((snapshot) => isShown(snapshot, groups));
  const incidents = shown.length === 0 ? [] : await findIncidents(sources, {
    checks: shown.map(({ id }) => id),
    from: wallTime() - DAYS * DAY_MS,
    limit: INCIDENTS,
  });
  return publicStatus(shown, incidents, view);
}

function feed(
  c: Context<Env, string>,
  { title, url, status, zone }: {
    readonly title: string;
    readonly url: string;
    readonly status: PublicStatus;
    readonly zone: string;
  },
): Response {
  const text = atom({
    title,
    self: `${url}/incidents.atom`,
    alternate: url,
    entries: status.incidents.map(({ id, name, began, ended }) => ({
      id: `${url}#${id}`,
      title: ended === null
        ? `${name} is down`
        : `${name} was down for ${lastingText(ended - began)}`,
      content: ended === null
        ? `Since ${minuteOf(began, zone)} (${zone}).`
        : `From ${minuteOf(began, zone)} to ${
          minuteOf(ended, zone)
        } (${zone}).`,
      link: url,
      published: began,
      updated: ended ?? began,
    })),
  });
  return c.body(text, 200, { "content-type": FEED_TYPE });
}
