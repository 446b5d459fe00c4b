import { isSecretName, isSecretValue } from "../../core/secrets.ts";
import type { ComposeTest } from "./health.ts";
import type { Words } from "../node.ts";
import { SECRET, shellWords, UNKNOWN } from "../native/shell_words.ts";
import type { Values } from "../native/values.ts";

/**
 * The words of a test with marks in place of variables; `undefined` if it is not
 * a simple command.
 */
export function testWords(
  { isShell, words }: ComposeTest,
  environment: ReadonlyMap<string, Words>,
  values: Values,
): string[] | undefined {
  const marked = words.map(({ text, parts = [{ text }] }) =>
    values.marked(parts)
  );
  if (!marked.every((word) => word !== undefined)) return undefined;
  const [program = "", flag, line] = marked;
  const inShell = isShell
    ? marked.length === 1 ? program : undefined
    : /^(?:.*\/)?(?:ba|da|a)?sh$/.test(program) && flag === "-c" &&
        marked.length === 3
    ? line
    : undefined;
  if (inShell === undefined) return isShell ? undefined : marked;
  // A common way to check the answer.
  const ping =
    /^(.*\b(?:redis|valkey)-cli\b.*?)\s*\|\s*grep\s+(?:-q\s+)?["']?PONG["']?\s*$/
      .exec(inShell.replace(/\s*\|\|\s*exit\s+1\s*$/, ""))?.[1];
  const found = shellWords(ping ?? inShell, {
    get: (name) => valueOf(name, environment, values),
    values,
  })?.filter((word) => word === "" || values.text(word) !== "");
  // The flags of a command are not in variables.
  return found?.some((word) =>
      !word.startsWith("-") && values.text(word).startsWith("-")
    )
    ? undefined
    : found;
}

/** A variable of the container with marks. */
function valueOf(
  name: string,
  environment: ReadonlyMap<string, Words>,
  values: Values,
): string {
  const words = environment.get(name);
  if (words === undefined) return UNKNOWN;
  const { text, parts = [{ text }] } = words;
  if (parts.some(({ reference }) => reference !== undefined)) {
    return values.marked(parts) ?? UNKNOWN;
  }
  return isSecretName(name) || isSecretValue(text)
    ? SECRET
    : values.mark({ text }) ?? UNKNOWN;
}
