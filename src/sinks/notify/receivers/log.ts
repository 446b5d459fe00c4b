import { oneLine } from "../../../core/text.ts";
import type { Receiver } from "../receiver.ts";

/** Says what happens where the agent says everything else. */
export const log: Receiver<Record<never, never>> = {
  type: "log",
  properties: {},
  needs: () => [],
  secrets: () => [],
  deliver({ event, title, incidents }, _, { say }) {
    const isOver = event === "up" || event === "test";
    const isDown = incidents.some(({ status }) => status === "unhealthy");
    say(oneLine(title), isOver ? "info" : isDown ? "error" : "warn");
    return Promise.resolve({ ok: true, answer: "logged" });
  },
};
