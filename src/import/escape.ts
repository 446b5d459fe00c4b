/** A text as the value of a lifesign.yaml that has it come out as it is. */
export function escaped(text: string): string {
  return /\$[${]/.test(text) ? withDollars(text) : text;
}

/** A text for beside references, each dollar of it as two. */
export function withDollars(text: string): string {
  return text.replaceAll("$", "$$$$");
}
