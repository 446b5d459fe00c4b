import { OptionError, readOption } from "../../core/option_error.ts";
import type { Schema } from "../../schema/schema.ts";
import { REGEX, STRING } from "../../schema/values.ts";
import type { TcpExpected, TcpSent } from "./steps.ts";

/** Bytes as a config has them. */
type ConfiguredBytes = { readonly hex: string } | { readonly base64: string };

/** What to send, as a config has it. */
export type ConfiguredSent = string | ConfiguredBytes;

/** What is expected, as a config has it. */
export type ConfiguredExpected = ConfiguredSent | { readonly matches: string };

/** Makes strings, bytes and regular expressions of what a config has. */
export function meant(option: string, value: ConfiguredSent): TcpSent;
export function meant(option: string, value: ConfiguredExpected): TcpExpected;
export function meant(option: string, value: ConfiguredExpected): TcpExpected {
  if (typeof value === "string") return value;
  const keys = Object.keys(value);
  if (keys.length > 1) {
    const problem = `expected one of ${keys.join(", ")}, got all of them`;
    throw new OptionError(option, problem);
  }
  if ("hex" in value) {
    return Uint8Array.fromHex(value.hex.replaceAll(" ", ""));
  }
  return "base64" in value
    ? readOption(option, () => fromBase64(value.base64))
    : new RegExp(value.matches, "mu");
}

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(text);
  } catch (cause) {
    // The runtime says no more than that.
    throw new TypeError("expected valid base64", { cause });
  }
}

const BYTES: Readonly<Record<"hex" | "base64", Schema>> = {
  hex: {
    title: 'bytes in hex such as "00 ff"',
    type: "string",
    contentEncoding: "base16",
    pattern: "^ *(?:[0-9A-Fa-f]{2} *)*$",
  },
  base64: {
    title: "bytes in base64",
    type: "string",
    contentEncoding: "base64",
  },
};

/** The schema of what to send. */
export const SENT: Schema = {
  title: 'a string, { hex: "00 ff" } or { base64: "AP8=" }',
  anyOf: [
    { ...STRING, writeOnly: true },
    {
      title: 'bytes such as { hex: "00 ff" }',
      type: "object",
      properties: {
        hex: { ...BYTES.hex, writeOnly: true },
        base64: { ...BYTES.base64, writeOnly: true },
      },
      additionalProperties: false,
      minProperties: 1,
    },
  ],
};

/** The schema of what is expected. */
export const EXPECTED: Schema = {
  title: 'a string, { matches: "^ok" }, { hex: "00 ff" } or { base64: "AP8=" }',
  anyOf: [
    STRING,
    {
      title: 'a map such as { matches: "^ok" }',
      type: "object",
      properties: { matches: REGEX, ...BYTES },
      additionalProperties: false,
      minProperties: 1,
    },
  ],
};
