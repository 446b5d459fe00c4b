import { ConfigError } from "../config/error.ts";
import { OptionError } from "../core/option_error.ts";
import { MetricNames } from "../core/metric.ts";
import { thrownInWords } from "../core/text.ts";
import type { Kind, Kinds } from "../probes/kind.ts";
import { LAZY_KINDS, namedKinds } from "../probes/table.ts";
import type { ConfigIssue } from "../schema/issue.ts";
import type { Arguments, OptionsConfig } from "./args.ts";
import { kindNamesOf } from "./target.ts";

/** The option that adds kinds. */
export const PLUGIN_OPTION: OptionsConfig = {
  plugin: { type: "string", multiple: true },
};

/** What `--help` says of it. */
export const PLUGIN_HELP = `\
  --plugin MODULE  Take targets of the kinds of this plugin, too: a path, or a
                   jsr:, npm: or https: URL; may be repeated`;

/**
 * The kinds whose targets a command line may have: the built-in ones, and those
 * of its plugins. Rejects with a {@linkcode ConfigError} if a plugin is wrong.
 */
export async function kindsOf(
  { values, positionals }: Pick<Arguments, "values" | "positionals">,
): Promise<Kinds> {
  const { plugin } = values;
  const builtIn = await namedKinds(kindNamesOf(positionals));
  if (plugin === undefined) return builtIn;
  const [{ importPlugins }, { probeFault }] = await Promise.all([
    import("../config/plugins/plugins.ts"),
    import("../config/plugins/probe_fault.ts"),
  ]);
  const found: ConfigIssue[] = [];
  // Paths are relative to the current folder.
  const here = {
    file: "lifesign.yaml",
    kinds: builtIn,
    taken: Object.keys(LAZY_KINDS),
  };
  const { kinds } = await importPlugins(plugin, here, found);
  if (found.length > 0) {
    const issues = found.map(({ path, message }) => ({
      path: path.replace(/^plugins\[\d+\]\.?/, ""),
      message,
    }));
    throw new ConfigError("--plugin", issues);
  }
  const metrics = new MetricNames();
  return Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => [
      name,
      Object.hasOwn(builtIn, name)
        ? kind
        : withFaults(kind, (probe) => probeFault(probe, name, metrics)),
    ]),
  );
}

/** A kind of a plugin, which may throw anything, and make what is no probe. */
function withFaults(
  kind: Kind,
  faultOf: (probe: unknown) => string | undefined,
): Kind {
  const { target } = kind;
  return {
    ...kind,
    make(options) {
      const probe = tried("cannot make a probe", () => kind.make(options));
      const fault = faultOf(probe);
      if (fault !== undefined) throw new TypeError(fault);
      return probe;
    },
    ...(target !== undefined && {
      target: {
        ...target,
        parse: (text) => tried("cannot be read", () => target.parse(text)),
      },
    }),
  };
}

function tried<T>(problem: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const isSaid = error instanceof OptionError || error instanceof TypeError;
    if (isSaid) throw error;
    throw new TypeError(`${problem}: ${thrownInWords(error)}`);
  }
}
