import { basename, dirname, isAbsolute, join as joinPath } from "node:path";
import { whyUnread } from "../../core/access.ts";
import { type ConfigIssue, join } from "../../schema/issue.ts";
import type { Schema } from "../../schema/schema.ts";
import { validate } from "../../schema/validate.ts";
import { NON_EMPTY_STRING } from "../../schema/values.ts";

/** The `include` of a config file. */
export const INCLUDE: Schema = {
  title: "a list of files",
  description:
    "Files with more checks: paths from this file, whose names may have * and ?",
  examples: [["conf.d/*.yaml"]],
  type: "array",
  items: {
    ...NON_EMPTY_STRING,
    title: 'a path such as "conf.d/*.yaml"',
    // Only the name of a file may have wildcards.
    pattern: "^(?:[^*?]*/)?[^/]+$",
  },
};

/** Whether the name of a file stands for all files with names like it. */
export function isPattern(path: string): boolean {
  return /[*?]/.test(basename(path));
}

/** A test of names by a pattern. As in a shell, `*` is no dot at the start. */
export function nameTest(path: string): (name: string) => boolean {
  const pattern = basename(path);
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*").replaceAll("?", ".");
  const test = new RegExp(`^${source}$`, "su");
  return (name) =>
    test.test(name) && (!name.startsWith(".") || pattern.startsWith("."));
}

/**
 * The files that a path stands for, in the order of their names. Without `*` and
 * `?` it is the path itself, whether there is such a file or not.
 *
 * Rejects if the folder cannot be read.
 */
export async function filesOf(path: string): Promise<string[]> {
  if (!isPattern(path)) return [path];
  const matches = nameTest(path);
  const files: string[] = [];
  for await (const { name, isFile, isSymlink } of Deno.readDir(dirname(path))) {
    if (!matches(name)) continue;
    const file = joinPath(dirname(path), name);
    if (isFile || isSymlink && await mayBeFile(file)) files.push(file);
  }
  return files.sort();
}

/** Whether a link is to a file, or to nothing, which reading it reports. */
async function mayBeFile(link: string): Promise<boolean> {
  try {
    return (await Deno.stat(link)).isFile;
  } catch {
    return true;
  }
}

/** What the `include` of a file names. */
export interface Included {
  /** The paths as they are written, from the current folder. */
  readonly paths: readonly string[];
  /** The files, each once, without the file itself. */
  readonly files: readonly string[];
}

/** Finds the files that a config file includes. Adds problems to `issues`. */
export async function includedBy(
  file: string,
  include: unknown,
  issues: ConfigIssue[],
): Promise<Included> {
  // A value that is not valid is reported with the rest of the file.
  const written = (validate(include, INCLUDE, "include", []) ?? []) as (
    | string
    | undefined
  )[];
  const paths: string[] = [];
  const files = new Set<string>();
  for (const [i, path] of written.entries()) {
    if (path === undefined) continue;
    const located = isAbsolute(path)
      ? joinPath(path)
      : joinPath(dirname(file), path);
    paths.push(located);
    try {
      for (const each of await filesOf(located)) files.add(each);
    } catch (error) {
      const message = whyUnread(error, dirname(located));
      issues.push({
        path: join("include", i),
        message: `${JSON.stringify(path)}: ${
          message === "no such file" ? "no such folder" : message
        }`,
      });
    }
  }
  files.delete(joinPath(file));
  return { paths, files: [...files] };
}

/** What has to be read for each path: the folder of a pattern, or the file. */
export function includeReads(paths: readonly string[]): string[] {
  return paths.map((path) => isPattern(path) ? dirname(path) : path);
}
