import { loadConfig } from "../config/load.ts";
import { statePermissions } from "../sinks/state/files.ts";
import { authority } from "../probes/address.ts";
import { KINDS } from "../probes/table.ts";
import { merged } from "../io/permission_flags.ts";

/**
 * Reads a config, and gives the permissions that its agent needs, and no more:
 * merged, in the order of their flags.
 */
export async function needsOf(
  file: string,
): Promise<Deno.PermissionDescriptor[]> {
  const variables = new Set<string>();
  const { listen, token, checks, state } = await loadConfig(file, {
    env(name) {
      variables.add(name);
      return Deno.env.get(name);
    },
  });
  if (listen !== false && token === undefined) variables.add("LIFESIGN_TOKEN");
  for (const type of new Set(checks.map(({ probe }) => probe.type))) {
    for (const variable of KINDS[type]?.env ?? []) variables.add(variable);
  }
  const needs: Deno.PermissionDescriptor[] = [
    { name: "read", path: file },
    ...(state === undefined ? [] : statePermissions(state)),
    ...(listen === false
      ? []
      : [{ name: "net", host: authority(listen) } as const]),
    ...Array.from(
      variables,
      (variable) => ({ name: "env", variable }) as const,
    ),
    ...checks.flatMap(({ probe }) => probe.permissions),
  ];
  return merged(needs);
}
