import type { Receiver } from "../receiver.ts";

/** Says what happens where the agent says everything else. */
export const log: Receiver<Record<never, never>> = {
  type: "log",
  properties: {},
  needs: () => [],
  secrets: () => [],
  deliver({ title }, _, { say }) {
    say(title);
    return Promise.resolve({ ok: true, answer: "said" });
  },
};
