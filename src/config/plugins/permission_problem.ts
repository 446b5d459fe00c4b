import { shown } from "../../schema/validate.ts";

/** The kinds of permissions, and the key of what is allowed. */
const VALUE_KEYS: Readonly<Record<string, string>> = {
  env: "variable",
  ffi: "path",
  import: "host",
  net: "host",
  read: "path",
  run: "command",
  sys: "kind",
  write: "path",
};

/** A host, perhaps with a port, or a socket such as `unix:/run/x.sock`. */
const HOST = /^(?:(?:unix|vsock):.+|[^\s,/]+)$/;

/**
 * Finds the problem of a permission that a kind says it needs, if it has one:
 * a kind of a plugin may say anything.
 */
export function permissionProblem(permission: unknown): string | undefined {
  const fields = (permission ?? {}) as Readonly<Record<string, unknown>>;
  const { name } = fields;
  const names = Object.keys(VALUE_KEYS);
  if (typeof name !== "string" || !Object.hasOwn(VALUE_KEYS, name)) {
    const list = names.map((name) => JSON.stringify(name)).join(", ");
    return `expected a permission with one of the names ${list}, got ${
      shown(typeof permission === "object" ? name : permission)
    }`;
  }
  const key = VALUE_KEYS[name]!;
  const value = fields[key];
  // Any host: the addresses of a name are not known beforehand.
  if (name === "net" && value === undefined) return undefined;
  const isUrl = value instanceof URL && (key === "path" || key === "command");
  if (!isUrl && (typeof value !== "string" || value === "")) {
    return `expected a permission ${
      JSON.stringify(name)
    } with its ${key}, got ${shown(value)}`;
  }
  if (key === "host" && !HOST.test(value as string)) {
    return `expected a permission ${
      JSON.stringify(name)
    } with a host such as "localhost:6379", got ${shown(value)}`;
  }
  return undefined;
}
