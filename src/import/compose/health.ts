import { durationText, readDuration } from "../duration_text.ts";
import type { Field } from "../config_text.ts";
import { parseGoDuration } from "./go_duration.ts";
import type { Layers } from "./layers.ts";
import type { Node, Words } from "../node.ts";

/** A test as a service has it. */
export interface ComposeTest {
  /** Where it stands. */
  readonly node: Node;
  /** Whether it is for a shell, and not a program with arguments. */
  readonly isShell: boolean;
  /** What is run. */
  readonly words: readonly [Words, ...Words[]];
}

const KEYS = [
  "test",
  "interval",
  "timeout",
  "retries",
  "start_period",
  "start_interval",
  "disable",
];

/** The test of a healthcheck; nothing if there is none to be had. */
export function composeTest(health: Layers): ComposeTest | undefined {
  for (const node of health.nodes) {
    if (node.keys("a map such as { test: … }").length > 0) {
      node.onlyKeys([
        ...KEYS,
        ...KEYS.flatMap((key) => [`${key} !reset`, `${key} !override`]),
      ]);
    }
  }
  const disable = health.get("disable").last;
  if (disable?.boolean()) {
    disable.warn("the healthcheck is disabled");
    return undefined;
  }
  const test = health.get("test").last;
  if (test === undefined) {
    health.last?.warn(
      "has no test; that of the image, if it has one, is not known",
    );
    return undefined;
  }
  if (!test.isList) {
    const words = test.words("a command, or a list such as [CMD, …]");
    return words && tested(test, true, [words]);
  }
  const [form, ...rest] = test.items();
  const kind = form?.text();
  switch (kind) {
    case undefined:
      if (form === undefined) {
        test.warn("is empty; that of the image, if it has one, is not known");
      } else form.expected('"NONE", "CMD" or "CMD-SHELL"');
      return undefined;
    case "NONE":
      test.warn("the healthcheck is disabled");
      return undefined;
    case "CMD":
    case "CMD-SHELL": {
      const words = rest.map((item) => {
        if (!item.exists) item.expected("a text");
        return item.words();
      }).filter((words) => words !== undefined);
      // Why some are missing is said.
      if (words.length < rest.length) return undefined;
      return tested(test, kind === "CMD-SHELL", words);
    }
    default:
      return form?.expected('"NONE", "CMD" or "CMD-SHELL"');
  }
}

function tested(
  node: Node,
  isShell: boolean,
  words: readonly Words[],
): ComposeTest | undefined {
  const [first, ...rest] = words;
  if (first === undefined || first.text.trim() === "") {
    node.complain("expected a command, got an empty one");
    return undefined;
  }
  if (!node.isList && first.text.trim() === "NONE") {
    node.warn('the healthcheck is disabled (the form is ["NONE"])');
    return undefined;
  }
  return { node, isShell, words: [first, ...rest] };
}

/** The policy of a healthcheck, with Docker's defaults: 0 asks for them, too. */
export function composePolicy(
  health: Layers,
): Record<string, Field | undefined> {
  const settingOf = (key: string): Node | undefined => {
    const node = health.get(key).last;
    if (!node?.isEmptyText) return node;
    // Of a variable in a file beside it, likely, that is not here.
    node.warn("is empty; Docker's default is taken");
    return undefined;
  };
  const duration = (key: string): number => {
    const node = settingOf(key);
    return node && readDuration(node, parseGoDuration, "1m30s") || 0;
  };
  const intervalMs = duration("interval");
  const timeoutMs = duration("timeout");
  const retries = settingOf("retries")?.integer({
    min: 0,
    expected: "a whole number of 0 or more",
  });
  const startMs = duration("start_period");
  const startIntervalMs = duration("start_interval");
  if (startIntervalMs > 0 && startMs === 0) {
    health.get("start_interval").last?.warn(
      "is left out: without a start_period it means nothing",
    );
  }
  return {
    interval: durationText(intervalMs || 30_000),
    timeout: durationText(timeoutMs || 30_000),
    retries: retries || 3,
    ...(startMs > 0 && {
      start_period: durationText(startMs),
      start_interval: durationText(startIntervalMs || 5000),
    }),
  };
}
