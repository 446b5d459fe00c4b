/** Writes a string as a value of a lifesign.yaml that is read as the string. */
export function escaped(text: string): string {
  return text.replaceAll("${", "$$$${");
}
