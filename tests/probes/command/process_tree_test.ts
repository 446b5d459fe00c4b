import { command } from "../../../src/probes/command/command.ts";
import { startInChild } from "../../support/child.ts";
import { makeFifo } from "../../support/fifo.ts";
import { assertOutcome, deadline } from "../../support/outcomes.ts";

const isLinux = Deno.build.os === "linux";

/** Writes a line to the pipe, holds it open, and stays. */
const HOLD = "echo; exec sleep 30";

/** Ways out of the session of a command, each of which holds a pipe open. */
const ESCAPES: Readonly<Record<string, (path: string) => string>> = {
  "a session": (path) => `setsid sh -c '${HOLD}' >${path} & wait`,
  "a double fork into a session": (path) =>
    `(setsid sh -c '${HOLD}' >${path} &) & wait; sleep 30`,
  "a daemon after the end of its parents": (path) =>
    `setsid sh -c '(setsid sh -c "${HOLD}" >${path} &) & wait'; sleep 30`,
  "a session with an empty environment": (path) =>
    `env -i PATH="$PATH" setsid sh -c '${HOLD}' >${path} & wait`,
  "sessions in a session": (path) =>
    `setsid sh -c 'setsid sh -c "${HOLD}" >${path} & wait' & wait`,
  "a session that ignores SIGTERM": (path) =>
    `setsid sh -c 'trap "" TERM; ${HOLD}' >${path} & wait`,
  "a shell that starts another one on SIGTERM": (path) =>
    `setsid sh -c 'trap "setsid sleep 30 &" TERM; echo; sleep 30; sleep 30' >${path} & wait`,
};

for (const [name, escape] of Object.entries(ESCAPES)) {
  Deno.test({
    name: `command() leaves no process behind: ${name}`,
    ignore: !isLinux,
    async fn() {
      await using fifo = await makeFifo();
      const controller = new AbortController();
      const attempt = command(escape(fifo.path))(controller.signal);
      await fifo.outlive(1, async () => {
        controller.abort(deadline());
        assertOutcome(await attempt, ["fail", "timeout"]);
      });
    },
  });
}

Deno.test({
  name: "command() ends sessions where it may run only sh",
  ignore: !isLinux,
  async fn() {
    for (const escape of Object.values(ESCAPES)) {
      await using fifo = await makeFifo();
      await using child = startInChild({
        type: "command",
        args: [escape(fifo.path)],
        flags: ["--allow-run=sh"],
      });
      await fifo.outlive(1, async () => {
        await child.expire();
        assertOutcome(await child.outcome, ["fail", "timeout"]);
      });
    }
  },
});

Deno.test({
  name: "command() ends its own processes only",
  ignore: !isLinux,
  async fn() {
    await using fifo = await makeFifo();
    const other = new AbortController();
    const script = ESCAPES["a double fork into a session"]!;
    const attempt = command(script(fifo.path))(other.signal);
    let isOver = false;
    const lives = fifo.outlive(1, async () => {
      const controller = new AbortController();
      await using second = await makeFifo();
      const ended = command(script(second.path))(controller.signal);
      await second.outlive(1, async () => {
        controller.abort(deadline());
        assertOutcome(await ended, ["fail", "timeout"]);
      });
      if (isOver) throw new Error("It has ended another's processes");
      other.abort(deadline());
      await attempt;
    });
    attempt.then(() => isOver = true);
    await lives;
  },
});
