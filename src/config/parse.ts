import { KINDS } from "../probes/built_in.ts";
import { unloadedOf } from "../probes/table.ts";
import type { ConfigIssue } from "../schema/issue.ts";
import {
  type Config,
  envOf,
  type ParseConfigOptions,
  toConfig,
} from "./config.ts";
import { readDocument } from "./document.ts";
import { ConfigError } from "./error.ts";
import type { Top } from "./parts.ts";
import type { ConfigSection } from "./section.ts";

/**
 * Reads a config that may have the given sections.
 *
 * @throws {ConfigError} If there are problems, with all of them.
 */
export function parseConfig(
  text: string,
  sections: readonly ConfigSection[],
  options: ParseConfigOptions = {},
): Config {
  const issues: ConfigIssue[] = [];
  const { env = envOf, kinds, source = "config" } = options;
  const document = readDocument(text, env, issues);
  const { plugins, include } = (document?.value ?? {}) as Partial<Top>;
  if (plugins !== undefined && kinds === undefined) {
    issues.push({
      path: "plugins",
      message:
        "only loadConfig() imports plugins; pass their kinds to parseConfig()",
    });
  }
  if (include !== undefined) {
    const message = "only loadConfig() reads other files";
    issues.push({ path: "include", message });
  }
  if (issues.some(({ path }) => path === "plugins" || path === "include")) {
    throw new ConfigError(source, issues);
  }
  return toConfig(
    document,
    sections,
    {
      kinds: kinds ?? KINDS,
      unloaded: kinds === undefined ? unloadedOf(KINDS) : [],
      isComplete: true,
      source,
      include: [],
      included: [],
    },
    issues,
  );
}
