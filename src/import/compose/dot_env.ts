import { interpolate } from "./interpolate.ts";

const LINE =
  /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*(?:[=:]\s*(?:'([^']*)'|"((?:[^"\\]|\\.)*)"|(.*?)))?(?:\s+#.*)?$/;

/**
 * Reads the variables of a `.env` file as Compose does: with quotes and comments,
 * and with variables, except in single quotes. Lines that are not assignments are
 * ignored.
 */
export function parseDotEnv(
  text: string,
  environment: (name: string) => string | undefined,
): Map<string, string> {
  const found = new Map<string, string>();
  const variables = (name: string) => ({
    value: environment(name) ?? found.get(name),
    isShared: false,
  });
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const [, name, single, double, bare] = LINE.exec(line) ?? [];
    if (name === undefined) continue;
    let value = single ?? double?.replace(/\\(["\\nrt])/g, unescaped) ??
      bare?.trim();
    if (value === undefined) continue;
    if (single === undefined) {
      try {
        value = interpolate(value, variables).text;
      } catch (error) {
        // A dollar sign without a variable is itself.
        if (!(error instanceof SyntaxError)) throw error;
      }
    }
    found.set(name, value);
  }
  return found;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
};

function unescaped(_: string, letter: string): string {
  return ESCAPES[letter] ?? letter;
}
