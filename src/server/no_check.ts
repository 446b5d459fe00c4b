/** The answer where there is no check of an id. */
export function noSuchCheck(id: string): { readonly error: string } {
  return { error: `There is no check named ${JSON.stringify(id)}` };
}
