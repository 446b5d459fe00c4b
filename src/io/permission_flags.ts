import { lowerFirst } from "../core/text.ts";

/** No flag can grant a permission, as its value has a comma. */
export class FlagError extends Error {
  /** The class's name, whichever copy of the package made the error. */
  override readonly name: string = "FlagError";
}

/** The kinds of permissions. */
const NAMES = [
  "env",
  "ffi",
  "import",
  "net",
  "read",
  "run",
  "sys",
  "write",
] as const;

/** The same permissions without duplicates, sorted by their flags. */
export function merged(
  permissions: readonly Deno.PermissionDescriptor[],
): Deno.PermissionDescriptor[] {
  const byFlag = new Map(
    permissions.map((
      permission,
    ) => [`${permission.name}=${valueOf(permission)}`, permission]),
  );
  return [...byFlag.keys()].sort().map((flag) => byFlag.get(flag)!);
}

/**
 * The flags that grant just some permissions.
 *
 * @throws {FlagError} If a value has a comma.
 */
export function flagsOf(
  permissions: readonly Deno.PermissionDescriptor[],
): string[] {
  const values = Map.groupBy(permissions, ({ name }) => name);
  return Array.from(
    values,
    // Any host, which has all others in it.
    ([name, some]) =>
      some.some(isAnyHost)
        ? `--allow-${name}`
        : `--allow-${name}=${some.map(valueOf).join(",")}`,
  );
}

/**
 * The flags that grant everything of a kind: those without a value, and `/`
 * to read or write. Deno does not list the grants that have a name.
 */
export function unboundedFlags(): string[] {
  return [
    ...NAMES.filter((name) => isGranted({ name })).map((name) =>
      `--allow-${name}`
    ),
    ...(["read", "write"] as const).filter((name) =>
      !isGranted({ name }) && isGranted({ name, path: "/" })
    ).map((name) => `--allow-${name}=/`),
  ];
}

/**
 * Says which of some permissions are missing, and what to do about it; nothing if
 * all are granted, or in a runtime that has none. It never prompts.
 */
export function denied(
  permissions: readonly Deno.PermissionDescriptor[],
): string | undefined {
  if (!("Deno" in globalThis)) return undefined;
  const missing = permissions.filter((it) => !isGranted(it));
  if (missing.length === 0) return undefined;
  // Deno ignores a flag for a program that it does not find.
  const why = missing.some(({ name }) => name === "run")
    ? "not found, or not allowed by Deno"
    : "not allowed by Deno";
  try {
    const flags = flagsOf(merged(missing)).join(" ");
    return `${why}: run with ${flags}`;
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    return `${why}: ${lowerFirst(error.message)}`;
  }
}

/** Whether a permission is granted. It never prompts. */
export function isGranted(permission: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(permission).state === "granted";
}

function isAnyHost(permission: Deno.PermissionDescriptor): boolean {
  return permission.name === "net" && permission.host === undefined;
}

/** The value of a permission in its flag, such as a host. */
function valueOf(permission: Deno.PermissionDescriptor): string {
  if (isAnyHost(permission)) return "";
  const value = ofKind(permission);
  if (value === undefined) {
    throw new TypeError(
      `Expected a value for the ${permission.name} permission`,
    );
  }
  // Deno separates values by commas, and has no way to escape one.
  if (value.includes(",")) {
    throw new FlagError(
      `No flag can allow ${JSON.stringify(value)}: it has a comma`,
    );
  }
  return value;
}

function ofKind(permission: Deno.PermissionDescriptor): string | undefined {
  switch (permission.name) {
    case "net":
      return permission.host;
    case "run":
      return permission.command?.toString();
    case "read":
    case "write":
    case "ffi":
      return permission.path?.toString();
    case "env":
      return permission.variable;
    case "sys":
      return permission.kind;
    case "import":
      return permission.host;
    default:
      return permission satisfies never;
  }
}
