/**
 * Holds the layers of ARCHITECTURE.md: imports run one way, what `mod.ts` loads
 * is this package's own, and `src/core` is pure. Prints what breaks that, and
 * exits 1. Its arguments go to `deno info`.
 *
 * @module
 */

const core = ["core"];
const edges = [...core, "io"];
const library = [...core, "probes", "monitor"];
const all = [
  ...edges,
  "probes",
  "monitor",
  "config",
  "server",
  "otel.ts",
  "state",
  "version.ts",
];

/** From each layer to those it may import. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  "version.ts": [],
  core: [],
  io: core,
  probes: edges,
  monitor: edges,
  config: [...core, "probes"],
  import: [...edges, "config"],
  server: [...edges, "monitor", "version.ts"],
  "otel.ts": [...edges, "monitor", "version.ts"],
  state: [...edges, "probes", "monitor", "config"],
  "agent.ts": all,
  cli: [...all, "import", "agent.ts"],
  "mod.ts": library,
};

/** Names of types begin with a capital letter, and are no use of the runtime. */
const IMPURE =
  /\bDeno\.[a-z]\w*|\bnew Deno\.\w+|\bDate\.now\b|\bnew Date\(\)|\b(?:performance|AbortSignal\.timeout|setTimeout|setInterval|queueMicrotask)\b/g;
const COMMENT = /\/\*[\s\S]*?\*\/|(?<!:)\/\/.*/g;

interface Dependency {
  readonly specifier: string;
  readonly code?: { readonly specifier?: string };
  readonly type?: { readonly specifier?: string };
}

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly Dependency[];
}

const root = new URL("../", import.meta.url);

/** Its path in this repo, or the specifier of what is not in it. */
function pathOf(specifier: string): string {
  return specifier.startsWith(root.href)
    ? specifier.slice(root.href.length)
    : specifier;
}

/** `core` of `src/core/status.ts`, `agent.ts` of `src/agent.ts`. */
function layerOf(path: string): string | undefined {
  const [, layer] = path.match(/^(?:src\/)?([^/:]+)/) ?? [];
  return path === "mod.ts" || path.startsWith("src/") ? layer : undefined;
}

async function graphOf(path: string): Promise<readonly Module[]> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", ...Deno.args, path],
    cwd: root,
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot read the graph of ${path}`);
  return JSON.parse(new TextDecoder().decode(stdout)).modules;
}

function* filesIn(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(new URL(folder, root))) {
    if (entry.isDirectory) yield* filesIn(`${folder}${entry.name}/`);
    else if (entry.name.endsWith(".ts")) yield folder + entry.name;
  }
}

/** Why this import is against the layers, if it is. */
function faultOf(from: string, to: string): string | undefined {
  const layer = layerOf(from);
  const target = layerOf(to);
  if (layer === undefined || layer === target) return undefined;
  const allowed = LAYERS[layer];
  if (!allowed) return `src/${layer} is in no layer`;
  if (target === undefined) {
    return layer === "core" ? "core imports nothing" : undefined;
  }
  return allowed.includes(target)
    ? undefined
    : `${layer} may import ${allowed.join(", ") || "nothing"}`;
}

function importsOf({ dependencies = [] }: Module): Set<string> {
  const targets = dependencies.flatMap(({ specifier, code, type }) => {
    const found = [code?.specifier, type?.specifier].filter((it) => it);
    return found.length > 0 ? found : [specifier];
  });
  return new Set(targets.map((target) => pathOf(target as string)));
}

function impurities(path: string): string[] {
  const source = Deno.readTextFileSync(new URL(path, root))
    .replace(COMMENT, (comment) => comment.replace(/[^\n]/g, ""));
  return source.split("\n").flatMap((line, index) =>
    [...line.matchAll(IMPURE)].map(([what]) =>
      `${path}:${index + 1} uses ${what}: core is pure`
    )
  );
}

const faults: string[] = [];
const seen = new Set<string>();
let imports = 0;

for (const path of ["mod.ts", ...filesIn("src/")]) {
  if (seen.has(path)) continue;
  for (const module of await graphOf(path)) {
    const from = pathOf(module.specifier);
    if (path === "mod.ts" && !layerOf(from) && !from.startsWith("node:")) {
      faults.push(`mod.ts loads ${from}: it loads this package only`);
    }
    if (seen.has(from) || layerOf(from) === undefined) continue;
    seen.add(from);
    if (from.startsWith("src/core/")) faults.push(...impurities(from));
    for (const to of importsOf(module)) {
      imports++;
      const fault = faultOf(from, to);
      if (fault) faults.push(`${from} imports ${to}: ${fault}`);
    }
  }
}

for (const fault of faults) console.error(fault);
console.log(`layers: ${imports} imports, ${faults.length} faults`);
if (faults.length > 0) Deno.exit(1);
