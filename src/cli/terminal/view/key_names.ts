import type { Motion } from "./motion.ts";

/** A key that is no character. */
export type KeyName =
  | Motion
  | "enter"
  | "escape"
  | "backspace"
  | "clear"
  | "interrupt";

/**
 * What terminals send for keys. Those that move have a sequence of application
 * mode, too, and some terminals have sequences of their own (xterm's "Control
 * Sequences", PC-style function keys; rxvt; the Linux console).
 */
const NAMES: ReadonlyMap<string, KeyName> = new Map([
  ["\x1b[A", "up"],
  ["\x1bOA", "up"],
  ["\x1b[B", "down"],
  ["\x1bOB", "down"],
  ["\x1b[5~", "pageUp"],
  ["\x1b[6~", "pageDown"],
  ["\x1b[H", "home"],
  ["\x1bOH", "home"],
  ["\x1b[1~", "home"],
  ["\x1b[7~", "home"],
  ["\x1b[F", "end"],
  ["\x1bOF", "end"],
  ["\x1b[4~", "end"],
  ["\x1b[8~", "end"],
  ["\r", "enter"],
  ["\n", "enter"],
  ["\x1bOM", "enter"],
  ["\x1b", "escape"],
  ["\x7f", "backspace"],
  ["\b", "backspace"],
  // Ctrl-U and Ctrl-C.
  ["\x15", "clear"],
  ["\x03", "interrupt"],
]);

/** Letters that move, as in less and vi. */
const LETTERS: ReadonlyMap<string, Motion> = new Map([
  ["k", "up"],
  ["j", "down"],
  [" ", "pageDown"],
  ["g", "home"],
  ["G", "end"],
]);

const MOTIONS: ReadonlySet<string | undefined> = new Set<Motion>([
  "up",
  "down",
  "pageUp",
  "pageDown",
  "home",
  "end",
]);

/** The name of a key; nothing for a character, and for what has no meaning. */
export function nameOf(key: string): KeyName | undefined {
  return NAMES.get(key);
}

/** How a key moves, if it does. Letters do so only where nothing is typed. */
export function motionOf(key: string, isTyping: boolean): Motion | undefined {
  const name = nameOf(key);
  if (isMotion(name)) return name;
  return isTyping ? undefined : LETTERS.get(key);
}

function isMotion(name: KeyName | undefined): name is Motion {
  return MOTIONS.has(name);
}
