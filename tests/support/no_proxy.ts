/**
 * Takes the proxy variables out of the environment while the tests of a module
 * run, and puts them back afterwards. With them, every `fetch` of a test and of
 * the programs it starts would go to the proxy. To import this module is enough.
 *
 * @module
 */

/** The variables that name a proxy for `fetch`, in upper and lower case. */
export const PROXY_VARIABLES: readonly string[] = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
].flatMap((name) => [name, name.toLowerCase()]);

const saved = new Map<string, string>();

Deno.test.beforeAll(() => {
  for (const name of PROXY_VARIABLES) {
    const value = Deno.env.get(name);
    if (value === undefined) continue;
    saved.set(name, value);
    Deno.env.delete(name);
  }
});

Deno.test.afterAll(() => {
  for (const [name, value] of saved) Deno.env.set(name, value);
  saved.clear();
});
