import { includeReads } from "../config/files/include.ts";
import { locatePlugin, pluginPermissions } from "../config/plugins/plugins.ts";
import { merged } from "../io/permission_flags.ts";
import { loadConfig } from "./config.ts";
import { SECTIONS } from "./sections.ts";

/**
 * Reads a config, and returns the fewest permissions that its agent needs: each
 * once, in the order of their flags.
 */
export async function needsOf(
  file: string,
): Promise<Deno.PermissionDescriptor[]> {
  const variables = new Set<string>();
  const config = await loadConfig(file, {
    env(name) {
      variables.add(name);
      return Deno.env.get(name);
    },
  });
  for (const type of new Set(config.checks.map(({ probe }) => probe.type))) {
    for (const variable of config.kinds[type]?.env ?? []) {
      variables.add(variable);
    }
  }
  return merged([
    { name: "read", path: file },
    ...includeReads(config.include).map((path) =>
      ({ name: "read", path }) as const
    ),
    ...config.plugins.flatMap((plugin) =>
      pluginPermissions(locatePlugin(plugin, file))
    ),
    ...Array.from(
      variables,
      (variable) => ({ name: "env", variable }) as const,
    ),
    ...SECTIONS.flatMap(({ key, needs }) => {
      const value = config.sections[key];
      return value === undefined ? [] : needs?.(value, config) ?? [];
    }),
    ...config.checks.flatMap(({ probe }) => probe.permissions),
  ]);
}
