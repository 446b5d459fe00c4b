// deno-lint-ignore no-control-regex
const ESCAPES = /\u001b(?:\[[\d;?]*[ -/]*[@-~]|[@-_])/g;

/** Makes an output plain: without escapes of a terminal and control characters. */
export function printable(output: string): string {
  return output.replace(/\r\n?/g, "\n").replace(ESCAPES, "")
    .replace(/[^\P{C}\n\t]/gu, "");
}
