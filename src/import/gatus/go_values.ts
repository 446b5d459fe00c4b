import { parseGoDuration } from "../compose/go_duration.ts";

/** Reads a duration of Go as milliseconds; Go has no days. */
export function parseDuration(text: string): number | undefined {
  return /[dw]/.test(text) ? undefined : parseGoDuration(text);
}

/** Reads an integer of Go, in any base that it can be written in. */
export function parseInteger(text: string): bigint | undefined {
  const [, sign, digits = ""] = /^([-+]?)(\w+)$/.exec(text) ?? [];
  // "010" and "0o10" are octal.
  const octal = digits.replace(/^0o?_?(?=[0-7])/i, "0o");
  const isOctal = /^0o?_?[0-7]+$/i.test(digits) && digits !== "0";
  const plain = (isOctal ? octal : digits).replaceAll("_", "");
  if (!/^(?:0x[\da-f]+|0b[01]+|0o[0-7]+|0|[1-9]\d*)$/i.test(plain)) {
    return undefined;
  }
  return sign === "-" ? -BigInt(plain) : BigInt(plain);
}

/** The number that Gatus compares: of a duration its ms, of other text 0. */
export function numberOf(text: string): number {
  const number = parseNumber(text);
  return number === undefined ? 0 : number;
}

/** Reads a number or a duration in ms; `undefined` for any other text. */
export function parseNumber(text: string): number | undefined {
  const ms = parseDuration(text.replace(/^-/, ""));
  if (ms !== undefined && ms !== 0) {
    return Math.trunc(text.startsWith("-") ? -ms : ms);
  }
  const integer = parseInteger(text);
  if (integer !== undefined) return Number(integer);
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text)
    ? Math.trunc(Number(text))
    : undefined;
}
