import { dirname, isAbsolute, join } from "node:path";
import { ConfigError } from "../../config/error.ts";
import { documentsOf } from "../documents.ts";
import { Layers, withTagsInKeys } from "./layers.ts";
import { Node, type Origin } from "../node.ts";
import type { ImportOptions, Source } from "../options.ts";
import type { Report } from "../report.ts";

/** The longest chain of services that extend each other. */
const MAX_EXTENDS = 50;

/** Reads Compose files, and the files that their services extend. */
export class ComposeFiles {
  readonly #options: Pick<ImportOptions, "read">;
  readonly #origin: Omit<Origin, "file">;
  readonly #read = new Map<string, Promise<Node | undefined>>();

  /** Takes how files are read, and what all their values share. */
  constructor(
    options: Pick<ImportOptions, "read">,
    origin: Omit<Origin, "file">,
  ) {
    this.#options = options;
    this.#origin = origin;
  }

  /** The document of a file; `undefined` if it is not valid. */
  document({ name, text }: Source): Node | undefined {
    const origin = { ...this.#origin, file: name };
    const documents = documentsOf(withTagsInKeys(text), origin);
    if (documents === undefined) return undefined;
    const [first = new Node(undefined, origin), ...others] = documents;
    if (others.length > 0) first.warn("only the first document is read");
    return first;
  }

  /** A service and the services that it extends, from all files. */
  async service(
    name: string,
    files: readonly { readonly source: Source; readonly document: Node }[],
  ): Promise<Layers> {
    const layers: Node[] = [];
    for (const { source, document } of files) {
      const service = document.get("services").get(name);
      layers.push(...await this.#extended(service, document, source.path, []));
    }
    return new Layers(layers);
  }

  /** The services that a service extends, then the service itself. */
  async #extended(
    service: Node,
    document: Node,
    path: string | undefined,
    before: readonly string[],
  ): Promise<Node[]> {
    const extension = service.get("extends");
    if (!extension.exists) return [service];
    const nameNode = extension.isMap ? extension.get("service") : extension;
    const name = nameNode.text("the name of a service");
    if (name === undefined) {
      if (!nameNode.exists) nameNode.expected("the name of a service");
      return [service];
    }
    const fileNode = extension.get("file");
    const file = fileNode.text("the path of a file");
    let [base, basePath] = [document, path];
    if (file !== undefined) {
      basePath = isAbsolute(file) ? file : join(dirname(path ?? "."), file);
      const read = await this.#base(basePath, fileNode);
      if (read === undefined) return [service];
      base = read;
    }
    const key = `${basePath ?? ""}\n${name}`;
    if (before.includes(key) || before.length > MAX_EXTENDS) {
      nameNode.complain(`${JSON.stringify(name)} extends itself`);
      return [service];
    }
    const extended = base.get("services").get(name);
    if (!extended.exists) {
      nameNode.complain(
        `there is no service ${JSON.stringify(name)} in ${base.file}`,
      );
      return [service];
    }
    const bases = await this.#extended(extended, base, basePath, [
      ...before,
      key,
    ]);
    return [...bases, service];
  }

  /** The document of an extended file; `undefined` if it cannot be read. */
  #base(path: string, place: Node): Promise<Node | undefined> {
    let reading = this.#read.get(path);
    if (reading === undefined) {
      reading = this.#options.read(path).then(
        (text) => this.document({ name: path, path, text }),
        (error) => {
          if (!(error instanceof ConfigError)) throw error;
          const [issue] = error.issues;
          place.complain(`${path}: ${issue?.message}`);
          return undefined;
        },
      );
      this.#read.set(path, reading);
    }
    return reading;
  }
}

/** Checks the top-level keys of a file. */
export function checkTop(document: Node, report: Report): void {
  if (!document.isMap) {
    return report.complain(document, "expected a Compose file with services");
  }
  if (document.get("include").exists) {
    document.get("include").warn(
      "is not followed: import its files, too",
    );
  }
  document.get("services").keys("a map of services");
}
