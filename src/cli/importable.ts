import { isGranted } from "../io/permission_flags.ts";
import { importChecks } from "../import/formats.ts";
import type { ImportOptions, Source } from "../import/options.ts";
import { type Format, recognise } from "../import/recognise.ts";

/** Files with health checks that `lifesign import` can read. */
export interface Importable {
  readonly format: Format;
  readonly files: readonly string[];
}

/** The names of Compose files, in the order in which Compose looks for them. */
const COMPOSE_FILES = [
  "compose.yaml",
  "compose.yml",
  "docker-compose.yml",
  "docker-compose.yaml",
];

/** Where config files of Gatus are, from the one that is likely to be one. */
const GATUS_FILES = ["config", "gatus", "config/config", "gatus/config"]
  .flatMap((name) => [`${name}.yaml`, `${name}.yml`]);

/** The names of files of blackbox_exporter, and of Prometheus. */
const BLACKBOX_FILES = ["blackbox.yml", "blackbox.yaml"];
const PROMETHEUS_FILES = ["prometheus.yml", "prometheus.yaml"];

/** Folders that often have Kubernetes manifests, besides the current one. */
const MANIFEST_FOLDERS = ["k8s", "kubernetes", "manifests", "deploy"];

const ZLAYER = /\.zlayer\.ya?ml$/;
const YAML = /\.ya?ml$/;

/** No more files of a folder are read, and no larger ones. */
const MAX_FILES = 200;
const MAX_BYTES = 1024 * 1024;

/**
 * Looks in the current folder for files that have health checks of another
 * program. Returns `undefined` if Deno does not allow to look.
 */
export async function findImportable(
  options: ImportOptions,
): Promise<Importable[] | undefined> {
  if (!isGranted({ name: "read", path: "." })) return undefined;
  const names = await namesIn(".");
  const compose = COMPOSE_FILES.find((name) => names.includes(name));
  const override = compose?.replace(".", ".override.");
  const manifests: string[] = [];
  for (const folder of [".", ...MANIFEST_FOLDERS]) {
    for (const name of await namesIn(folder)) {
      if (!YAML.test(name)) continue;
      const file = folder === "." ? name : `${folder}/${name}`;
      if (await isManifest(file, options)) manifests.push(file);
    }
  }
  const candidates: Importable[] = [
    {
      format: "blackbox",
      files: [BLACKBOX_FILES, PROMETHEUS_FILES]
        .map((files) => files.find((file) => names.includes(file)))
        .filter((file) => file !== undefined),
    },
    {
      format: "compose",
      files: [compose, override].filter((name) => name !== undefined)
        .filter((name) => names.includes(name)),
    },
    { format: "gatus", files: await gatusFiles() },
    { format: "kubernetes", files: manifests },
    { format: "zlayer", files: names.filter((name) => ZLAYER.test(name)) },
  ];
  const found: Importable[] = [];
  for (const candidate of candidates) {
    if (await hasChecks(candidate, options)) found.push(candidate);
  }
  return found;
}

/** The names of the files in a folder, sorted; none if there is no folder. */
async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (isFile) names.push(name);
      if (names.length === MAX_FILES) break;
    }
  } catch {
    return [];
  }
  return names.sort();
}

/** The files that can be read as text. */
async function sourcesOf(names: readonly string[]): Promise<Source[]> {
  const sources: Source[] = [];
  for (const name of names) {
    try {
      if ((await Deno.stat(name)).size > MAX_BYTES) continue;
      const text = await Deno.readTextFile(name);
      sources.push({ name, path: name, text });
    } catch {
      // It is for the command that reads it to say why it cannot.
    }
  }
  return sources;
}

/** The first file that is a config of Gatus, if there is one. */
async function gatusFiles(): Promise<string[]> {
  const sources = await sourcesOf(GATUS_FILES);
  const found = sources.find(({ text }) => recognise(text) === "gatus");
  return found === undefined ? [] : [found.name];
}

/** Whether a file is a manifest with probes. */
async function isManifest(
  file: string,
  options: ImportOptions,
): Promise<boolean> {
  const [source] = await sourcesOf([file]);
  return source !== undefined && recognise(source.text) === "kubernetes" &&
    await hasChecks({ format: "kubernetes", files: [file] }, options);
}

/** Whether an import finds any checks. */
async function hasChecks(
  { format, files }: Importable,
  options: ImportOptions,
): Promise<boolean> {
  if (files.length === 0) return false;
  try {
    const { text } = await importChecks(
      format,
      await sourcesOf(files),
      options,
    );
    return text !== undefined;
  } catch {
    // The import will say what is wrong with the files.
    return true;
  }
}
