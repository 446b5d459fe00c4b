import { basename, dirname, join } from "node:path";
import { checkTop, ComposeFiles, NO_SERVICES } from "./file.ts";
import { composePolicy, composeTest } from "./health.ts";
import { type ComposeService, serviceCheck } from "./service.ts";
import { parseDotEnv } from "./dot_env.ts";
import type { ImportedCheck } from "../config_text.ts";
import { interpolate } from "./interpolate.ts";
import { Layers } from "./layers.ts";
import { splitTag } from "./tags.ts";
import type { ImportOptions, Source } from "../options.ts";
import type { Report } from "../report.ts";
import { Environment } from "./environment.ts";

/**
 * Reads the healthchecks of Compose files. Later files override earlier ones, as
 * the Compose specification says.
 */
export async function importCompose(
  sources: readonly Source[],
  options: ImportOptions,
  report: Report,
): Promise<ImportedCheck[]> {
  const environment = new Environment(options, report);
  const folder = dirname(sources[0]?.path ?? ".");
  const dotEnv = await options.readOptional(join(folder, ".env"));
  if (dotEnv !== undefined) {
    environment.dotEnv = parseDotEnv(
      dotEnv,
      (name) => environment.optional(name),
    );
  }
  const files = new ComposeFiles(options, {
    report,
    interpolate: (text, place) =>
      interpolate(
        text,
        (name, hasDefault) => environment.variable(name, hasDefault, place),
      ),
  });
  const read = sources.map((source) => ({
    source,
    documents: files.documents(source),
  }));
  const documents = read.flatMap(({ source, documents = [] }) =>
    documents.map((document) => ({ source, document }))
  );
  // A file may have comments only, if another one has services.
  if (read.every(({ documents }) => documents?.length === 0)) {
    const [{ name: file } = { name: "" }] = sources;
    report.complain({ file, path: "" }, NO_SERVICES);
  }
  for (const { document } of documents) checkTop(document, report);
  const whole = new Layers(documents.map(({ document }) => document));
  const services = whole.get("services");
  if (services.nodes.length === 0) {
    for (const { document } of documents) {
      const keys = document.isMap ? document.keys() : [];
      if (
        document.isMap && !keys.includes("include") &&
        !keys.some((key) => splitTag(key).key === "services")
      ) {
        document.get("services").complain(
          "expected a map of services, got nothing",
        );
      }
    }
  }
  const project = normalised(
    projectOf(whole, environment, options) ??
      basename(join(options.folder() ?? "", folder)),
  );
  const separator = separatorOf(whole, options);
  const checks: ImportedCheck[] = [];
  const without: string[] = [];
  for (const name of services.keys("a map of services")) {
    const layers = await files.service(name, documents);
    const health = layers.get("healthcheck");
    if (health.nodes.length === 0) {
      for (const node of layers.nodes) node.keys("a service");
      without.push(name);
      continue;
    }
    const test = composeTest(health);
    const policy = composePolicy(health);
    if (test === undefined) continue;
    const service: ComposeService = {
      name,
      project,
      separator,
      layers,
      test,
      policy,
    };
    const check = serviceCheck(service, options);
    if (check !== undefined) checks.push(check);
  }
  if (without.length > 0) {
    report.warn(
      { file: sources.map(({ name }) => name).join(", "), path: "" },
      `no healthcheck in the file (the image may have one): ${
        without.join(", ")
      }`,
    );
  }
  return checks;
}

/** The name of the project, looked up in the order of `docker compose`. */
function projectOf(
  whole: Layers,
  environment: Environment,
  { project }: ImportOptions,
): string | undefined {
  return project || environment.optional("COMPOSE_PROJECT_NAME") ||
    whole.get("name").last?.text() || undefined;
}

/** What the names of containers have between project, service and number. */
function separatorOf(whole: Layers, { exec }: ImportOptions): string {
  if (exec !== "podman") return "-";
  // podman-compose has the names of the first Compose, unless it is told.
  const settings = whole.get("x-podman");
  return ["name_separator_compat", "docker_compose_compat"].some((key) =>
      settings.get(key).last?.boolean()
    )
    ? "-"
    : "_";
}

/** Makes a project name: without capital letters and special characters. */
function normalised(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9_-]/g, "").replace(/^[_-]+/, "");
}
