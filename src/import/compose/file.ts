import { dirname, isAbsolute, join } from "node:path";
import { ConfigError } from "../../config/error.ts";
import { documentsOf } from "../documents.ts";
import { entryOf, Layers } from "./layers.ts";
import { withTagsInKeys } from "./tags.ts";
import type { Node, Origin } from "../node.ts";
import type { ImportOptions, Source } from "../options.ts";
import type { Report } from "../report.ts";

/** The longest chain of services that extend each other. */
const MAX_EXTENDS = 50;

/** Reads Compose files, and the files that their services extend. */
export class ComposeFiles {
  readonly #options: Pick<ImportOptions, "read">;
  readonly #origin: Omit<Origin, "file">;
  readonly #read = new Map<string, Promise<Node[] | undefined>>();

  /** Takes how files are read, and what all their values share. */
  constructor(
    options: Pick<ImportOptions, "read">,
    origin: Omit<Origin, "file">,
  ) {
    this.#options = options;
    this.#origin = origin;
  }

  /** The documents of a file; `undefined` if it is not valid. */
  documents({ name, text }: Source): Node[] | undefined {
    const origin = { ...this.#origin, file: name };
    return documentsOf(withTagsInKeys(text), origin);
  }

  /** A service and the services that it extends, from all files. */
  async service(
    name: string,
    files: readonly { readonly source: Source; readonly document: Node }[],
  ): Promise<Layers> {
    let layers: Node[] = [];
    for (const { source, document } of files) {
      const services = entryOf(document, "services");
      const entry = services.value && entryOf(services.value, name);
      if (services.drops || entry?.drops) layers = [];
      if (entry?.value === undefined) continue;
      layers.push(
        ...await this.#extended(entry.value, [document], source.path, []),
      );
    }
    return new Layers(layers);
  }

  /** The services that a service extends, then the service itself. */
  async #extended(
    service: Node,
    documents: readonly Node[],
    path: string | undefined,
    before: readonly string[],
  ): Promise<Node[]> {
    const extension = entryOf(service, "extends").value;
    if (!extension?.exists) return [service];
    const nameNode = extension.isMap ? extension.get("service") : extension;
    const name = nameNode.text("the name of a service");
    if (name === undefined) {
      if (!nameNode.exists) nameNode.expected("the name of a service");
      return [service];
    }
    const fileNode = extension.get("file");
    const file = fileNode.text("the path of a file");
    let [bases, basePath] = [documents, path];
    if (file !== undefined) {
      basePath = isAbsolute(file) ? file : join(dirname(path ?? "."), file);
      const read = await this.#bases(basePath, fileNode);
      if (read === undefined) return [service];
      bases = read;
    }
    const key = `${basePath ?? ""}\n${name}`;
    if (before.includes(key) || before.length > MAX_EXTENDS) {
      nameNode.complain(`${JSON.stringify(name)} extends itself`);
      return [service];
    }
    const extended = new Layers(bases).get("services").get(name);
    if (extended.nodes.length === 0) {
      nameNode.complain(
        `there is no service ${JSON.stringify(name)} in ${
          file === undefined ? service.file : basePath
        }`,
      );
      return [service];
    }
    const layers: Node[] = [];
    for (const node of extended.nodes) {
      layers.push(
        ...await this.#extended(node, bases, basePath, [...before, key]),
      );
    }
    return [...layers, service];
  }

  /** The documents of an extended file; `undefined` if it cannot be read. */
  #bases(path: string, place: Node): Promise<Node[] | undefined> {
    let reading = this.#read.get(path);
    if (reading === undefined) {
      reading = this.#options.read(path).then(
        (text) => this.documents({ name: path, path, text }),
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

/** What is said of a file that is not one of Compose. */
export const NO_SERVICES = "expected a Compose file with services";

/** Checks the top-level keys of a file. */
export function checkTop(document: Node, report: Report): void {
  if (!document.isMap) {
    return report.complain(document, NO_SERVICES);
  }
  if (document.get("include").exists) {
    document.get("include").warn(
      "is not followed: import its files, too",
    );
  }
  new Layers([document]).get("services").keys("a map of services");
}
