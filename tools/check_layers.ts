/**
 * Checks the rules of ARCHITECTURE.md: imports run one way between rooms, no
 * files import each other in a circle (type-only imports included), `mod.ts`
 * loads nothing from npm or JSR, `src/core` is pure, and no folder grows too
 * large. Prints every fault and exits 1 if there is one. The arguments are
 * passed to `deno info`.
 *
 * @module
 */

const LIBRARY = ["core", "io", "schema"];
const AGENT = [
  ...LIBRARY,
  "probes",
  "fleet",
  "config",
  "sinks",
  "server",
  "version.ts",
];

/** The rooms that each room may import. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  "version.ts": [],
  core: [],
  io: ["core"],
  schema: ["core"],
  probes: LIBRARY,
  fleet: ["core", "io"],
  config: ["core", "schema", "probes"],
  sinks: [...LIBRARY, "fleet", "version.ts"],
  server: ["core", "io", "fleet", "version.ts"],
  import: [...LIBRARY, "config"],
  agent: AGENT,
  cli: [...AGENT, "agent", "import"],
  "mod.ts": ["core", "probes", "fleet"],
};

/** The most files that a folder may have. */
const MAX_FILES = 20;

/** The most files of a folder whose names may begin with the same word. */
const MAX_PREFIX = 5;

/** Names of types begin with a capital letter, and do not use the runtime. */
const IMPURE =
  /\bDeno\.[a-z]\w*|\bnew Deno\.\w+|\bDate\.now\b|\bnew Date\(\)|\b(?:performance|AbortSignal\.timeout|setTimeout|setInterval|queueMicrotask)\b/g;
const COMMENT = /\/\*[\s\S]*?\*\/|(?<!:)\/\/.*/g;

interface Dependency {
  readonly specifier: string;
  readonly code?: { readonly specifier?: string };
  readonly isDynamic?: boolean;
  readonly type?: { readonly specifier?: string };
}

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly Dependency[];
}

const root = new URL("../", import.meta.url);

/** Its path in this repository, or the specifier of a module outside it. */
function pathOf(specifier: string): string {
  return specifier.startsWith(root.href)
    ? specifier.slice(root.href.length)
    : specifier;
}

/** `core` of `src/core/machine.ts`, `version.ts` of `src/version.ts`. */
function roomOf(path: string): string | undefined {
  const [, room] = path.match(/^(?:src\/)?([^/:]+)/) ?? [];
  return path === "mod.ts" || path.startsWith("src/") ? room : undefined;
}

/** `otel` of `src/sinks/otel/telemetry.ts`. */
function sinkOf(path: string): string | undefined {
  return path.match(/^src\/sinks\/([^/]+)\//)?.[1];
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

/** Why one file may not import the other, if it may not. */
function roomFault(from: string, to: string): string | undefined {
  const room = roomOf(from);
  const target = roomOf(to);
  if (room === undefined) return undefined;
  if (room === target) {
    return sinkOf(to) === undefined || sinkOf(from) === sinkOf(to)
      ? undefined
      : "a sink may not import another sink";
  }
  const allowed = ROOMS[room];
  if (!allowed) return `src/${room} is not a room`;
  if (target === undefined) {
    return room === "core" ? "core imports nothing" : undefined;
  }
  return allowed.includes(target)
    ? undefined
    : `${room} may import ${allowed.join(", ") || "nothing"}`;
}

function importsOf({ dependencies = [] }: Module): Set<string> {
  const targets = dependencies.flatMap(({ specifier, code, type }) => {
    const found = [code?.specifier, type?.specifier].filter((it) => it);
    return found.length > 0 ? found : [specifier];
  });
  return new Set(targets.map((target) => pathOf(target as string)));
}

/** What `mod.ts` loads at its import from elsewhere, not later. */
function foreignIn(modules: readonly Module[]): string[] {
  const byName = new Map(modules.map((module) => [module.specifier, module]));
  const loaded = new Set<string>([new URL("mod.ts", root).href]);
  for (const name of loaded) {
    for (const dependency of byName.get(name)?.dependencies ?? []) {
      const { code, isDynamic } = dependency;
      if (code?.specifier && !isDynamic) loaded.add(code.specifier);
    }
  }
  return [...loaded].map(pathOf)
    .filter((path) => !roomOf(path) && !path.startsWith("node:"))
    .map((path) => `mod.ts loads ${path}: it loads this package only`);
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

/** Every circle of imports, once, by a depth-first search. */
function circlesIn(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const done = new Set<string>();
  const circles: string[] = [];
  const path: string[] = [];
  const visit = (file: string): void => {
    const at = path.indexOf(file);
    if (at >= 0) {
      circles.push([...path.slice(at), file].join(" -> "));
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const next of graph.get(file) ?? []) visit(next);
    path.pop();
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return circles;
}

/** What is wrong with the sizes of folders and the names in them. */
function folderFaults(paths: readonly string[]): string[] {
  const folders = Map.groupBy(
    paths,
    (path) => path.slice(0, path.lastIndexOf("/")),
  );
  return [...folders].flatMap(([folder, files]) => {
    const prefixes = Map.groupBy(
      files,
      (file) => file.slice(folder.length + 1).split(/[_.]/)[0]!,
    );
    return [
      ...(files.length > MAX_FILES
        ? [`${folder} has ${files.length} files, at most ${MAX_FILES} are fine`]
        : []),
      ...[...prefixes].filter(([, them]) => them.length > MAX_PREFIX)
        .map(([prefix, them]) =>
          `${folder} has ${them.length} files that begin with ${prefix}: make it a folder`
        ),
    ];
  });
}

const files = [...filesIn("src/")];
const faults: string[] = folderFaults(files);
const graph = new Map<string, Set<string>>();
let imports = 0;

for (const path of ["mod.ts", ...files]) {
  if (graph.has(path)) continue;
  const modules = await graphOf(path);
  if (path === "mod.ts") faults.push(...foreignIn(modules));
  for (const module of modules) {
    const from = pathOf(module.specifier);
    if (graph.has(from) || roomOf(from) === undefined) continue;
    const targets = importsOf(module);
    graph.set(from, targets);
    if (from.startsWith("src/core/")) faults.push(...impurities(from));
    for (const to of targets) {
      imports++;
      const fault = roomFault(from, to);
      if (fault) faults.push(`${from} imports ${to}: ${fault}`);
    }
  }
}

const circles = circlesIn(graph);
for (const circle of circles) faults.push(`imports in a circle: ${circle}`);

for (const fault of faults) console.error(fault);
console.log(
  `rooms: ${files.length} files, ${imports} imports, ${faults.length} faults`,
);
if (faults.length > 0) Deno.exit(1);
