/** What the runtime's `fetch` takes a proxy from, in either case. */
export const PROXY_VARIABLES: readonly string[] = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
].flatMap((
  name,
) => [name, name.toLowerCase()]);

/**
 * Whether the environment may name a proxy that `fetch` would use. Where we
 * are not allowed to look, it may.
 */
export function proxyInEnvironment(): boolean {
  return PROXY_VARIABLES.some((variable) =>
    Deno.permissions.querySync({ name: "env", variable }).state !== "granted" ||
    Boolean(Deno.env.get(variable))
  );
}
