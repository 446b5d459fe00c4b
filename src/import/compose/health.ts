import { isSecretName } from "../../core/secrets.ts";
import { durationText, readDuration } from "../duration_text.ts";
import type { Field } from "../config_text.ts";
import { parseGoDuration } from "./go_duration.ts";
import type { Layers } from "./layers.ts";
import type { Node, Words } from "../node.ts";

/** The test of a service. */
export interface ComposeTest {
  /** Its place in the file. */
  readonly node: Node;
  /** Whether it runs in a shell; otherwise it is a program with arguments. */
  readonly isShell: boolean;
  /** The command. */
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

/** The test of a healthcheck; `undefined` if there is none. */
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
      "has no test (the image may have one)",
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
        test.warn("is empty (the image may have a test)");
      } else form.expected('"NONE", "CMD" or "CMD-SHELL"');
      return undefined;
    case "NONE":
      test.warn("the healthcheck is disabled");
      return undefined;
    case "CMD":
    case "CMD-SHELL": {
      const words = rest.map((item) => {
        if (!item.exists) item.expected("a string");
        return item.words();
      }).filter((words) => words !== undefined);
      // The missing ones were noted as issues.
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
  for (
    const { text, stored = "" } of words.flatMap(({ parts = [] }) => parts)
  ) {
    if (text === "" || !isSecretName(stored)) continue;
    node.warn(
      `the secret ${stored} of .env is written in clear: set it in the environment to have a reference`,
    );
  }
  return { node, isShell, words: [first, ...rest] };
}

/** The policy of a healthcheck. As in Docker, 0 means the default. */
export function composePolicy(
  health: Layers,
): Record<string, Field | undefined> {
  const settingOf = (key: string): Node | undefined => {
    const node = health.get(key).last;
    if (!node?.isEmptyText) return node;
    // Probably a variable from an `env_file`, which is not read.
    node.warn("is empty: Docker's default is used");
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
      "not imported: it has no meaning without a start_period",
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
