import type { Receiver } from "../receiver.ts";
import { alertmanager } from "./alertmanager.ts";
import { command } from "./command.ts";
import { discord } from "./discord.ts";
import { email } from "./email.ts";
import { log } from "./log.ts";
import { ntfy } from "./ntfy.ts";
import { opsgenie } from "./opsgenie.ts";
import { pagerduty } from "./pagerduty.ts";
import { pushover } from "./pushover.ts";
import { slack } from "./slack.ts";
import { teams } from "./teams.ts";
import { telegram } from "./telegram.ts";
import { webhook } from "./webhook.ts";

/** All types of notifiers, by their names. */
export const RECEIVERS: Readonly<Record<string, Receiver>> = Object.fromEntries(
  [
    email,
    slack,
    discord,
    teams,
    telegram,
    ntfy,
    pushover,
    pagerduty,
    opsgenie,
    alertmanager,
    webhook,
    command,
    log,
  ].map((receiver) => [receiver.type, receiver]),
);
