/** The response if there is no check with an id. */
export function noSuchCheck(id: string): { readonly error: string } {
  return { error: `There is no check named ${JSON.stringify(id)}` };
}
