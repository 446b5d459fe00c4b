import type { Receiver } from "../receiver.ts";
import { log } from "./log.ts";

/** All types of notifiers, by their names. */
export const RECEIVERS: Readonly<Record<string, Receiver>> = Object.fromEntries(
  [log].map((receiver) => [receiver.type, receiver]),
);
