import type { NextRun } from "./cron.ts";
import type { Zone } from "./zone.ts";

type ReadCron = (text: string, zone: Zone) => NextRun;

let read: ReadCron | undefined;
let loading: Promise<void> | undefined;

/** Loads the library of schedules, which is loaded only where it is used. */
export function loadSchedules(): Promise<void> {
  return loading ??= import("./cron.ts").then((module) => {
    read = module.readCron;
  }, (thrown) => {
    // It may be found the next time.
    loading = undefined;
    throw thrown;
  });
}

/** Reads schedules, if the library is loaded. */
export function scheduleReader(): ReadCron | undefined {
  return read;
}
