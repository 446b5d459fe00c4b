/** The variables that name a proxy for `fetch`, in upper and lower case. */
export const PROXY_VARIABLES: readonly string[] = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
].flatMap((
  name,
) => [name, name.toLowerCase()]);

/**
 * Whether the environment may name a proxy that `fetch` would use. Without
 * permission to read a variable, it may.
 */
export function proxyInEnvironment(): boolean {
  return PROXY_VARIABLES.some((variable) =>
    Deno.permissions.querySync({ name: "env", variable }).state !== "granted" ||
    Boolean(Deno.env.get(variable))
  );
}
