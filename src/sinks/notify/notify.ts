import type { NotificationLog } from "../../core/notify/status.ts";
import { OptionError, readOption } from "../../core/option_error.ts";
import type { Say } from "../../core/say.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { IncidentLog } from "../../fleet/past/incident_log.ts";
import { Incidents } from "../../fleet/past/incidents.ts";
import type { Kept } from "../../fleet/past/kept.ts";
import { Zone } from "../../io/calendar/zone.ts";
import { reportUncaught } from "../../io/report_uncaught.ts";
import { nextTurn } from "../../io/turn.ts";
import { keepIncidents } from "./kept_incidents.ts";
import { Notifiers } from "./notifiers.ts";
import { type NotifierOptions, readNotifiers } from "./options.ts";

/** Options for {@linkcode notify}. */
export interface NotifyOptions {
  /** Whom to tell, by names. */
  readonly notifiers: Readonly<Record<string, NotifierOptions>>;
  /** The incidents of the fleet, if something looks for them already. */
  readonly incidents?: IncidentLog;
  /**
   * Where it keeps what it knows, so that a restart repeats and forgets nothing. By
   * default a restart may repeat messages, and never tells the end of what it does
   * not find any more.
   */
  readonly kept?: Kept;
  /** Where the HTTP app is, as others see it: where links point. */
  readonly url?: string;
  /**
   * The time zone of the times in messages, and of quiet times.
   *
   * @default {"UTC"}
   */
  readonly timeZone?: string;
  /**
   * Called with what the user should know, such as that something cannot be sent.
   * By default nobody is told.
   */
  readonly onMessage?: Say;
  /**
   * Called with errors that concern nobody else.
   *
   * @default {reportError}
   */
  readonly onError?: (error: unknown) => void;
}

/** The notifiers of a fleet, running. */
export interface Notifications extends NotificationLog, AsyncDisposable {
  /**
   * The incidents that they tell of. Without those of the options, they stay as they
   * are from the end on.
   */
  readonly incidents: IncidentLog;
  /**
   * Ends them: sends what is due within a few seconds, and keeps the rest. The
   * fleet goes on. Idempotent.
   */
  close(): Promise<void>;
}

/**
 * Tells people when checks of a fleet fail and recover. The checks should be added
 * before, or in the same turn of the event loop: with `kept`, those that are
 * missing then count as removed.
 *
 * @throws {OptionError} If an option is not valid.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { fail, Fleet, probe } from "@lifesign/lifesign";
 * import { notify } from "@lifesign/lifesign/notify";
 *
 * const told: string[] = [];
 * await using fleet = new Fleet();
 * fleet.add(probe(() => fail({ code: "empty", message: "No orders" })), {
 *   id: "orders",
 *   retries: 1,
 * });
 * await using notifications = notify(fleet, {
 *   notifiers: { me: { type: "log", gather: 0 } },
 *   onMessage: (message) => told.push(message),
 * });
 * while (told.length === 0) {
 *   await new Promise((resolve) => setTimeout(resolve, 50));
 * }
 *
 * assertEquals(told[0], "notify.me: DOWN orders: No orders");
 * assertEquals(notifications.list()[0]?.sent, 1);
 * ```
 */
export function notify(fleet: Fleet, options: NotifyOptions): Notifications {
  const { kept, url, timeZone = "UTC", onMessage = () => {} } = options;
  const { onError = reportUncaught } = options;
  readOption("timeZone", () => new Zone(timeZone));
  if (url !== undefined && !/^https?:\/\/[^\s?#]+$/.test(url)) {
    throw new OptionError("url", "expected a URL with http: or https:");
  }
  const specs = readNotifiers(options.notifiers, timeZone);
  const own = options.incidents === undefined
    ? new Incidents(fleet, onError)
    : undefined;
  if (own !== undefined && kept !== undefined) keepIncidents(own, kept);
  const incidents = options.incidents ?? own!;
  const surroundings = { timeZone, siteUrl: url };
  const notifiers = new Notifiers(
    {
      fleet,
      incidents,
      kept,
      telling: undefined,
      cluster: undefined,
      say: onMessage,
      onError,
    },
    surroundings,
  );
  notifiers.set(specs, surroundings);
  let closing: Promise<void> | undefined;
  // Checks that are added at once are among those that are tried first.
  void nextTurn().then(() => {
    if (closing !== undefined) return;
    own?.settle();
    notifiers.begin();
  }).catch(onError);
  const close = (): Promise<void> => {
    closing ??= notifiers.close();
    own?.[Symbol.dispose]();
    return closing;
  };
  return {
    incidents,
    list: () => notifiers.list(),
    close,
    [Symbol.asyncDispose]: close,
  };
}
