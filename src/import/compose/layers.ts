import type { Node } from "../node.ts";

/**
 * The values of one key in several files, or in services that extend each other.
 * Later ones override earlier ones.
 */
export class Layers {
  readonly #nodes: readonly Node[];

  /** Takes the layers in their order. */
  constructor(nodes: readonly Node[]) {
    this.#nodes = nodes.filter((node) => node.exists);
  }

  /** The layers. */
  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  /** The last layer, which wins where values are not merged. */
  get last(): Node | undefined {
    return this.#nodes.at(-1);
  }

  /** The layers of a key. `!reset` and `!override` drop earlier layers. */
  get(key: string): Layers {
    const found: Node[] = [];
    for (const node of this.#nodes) {
      if (node.isMap && node.keys().includes(`${key} !reset`)) found.length = 0;
      const override = node.get(`${key} !override`, key);
      if (override.exists) found.splice(0, Infinity, override);
      found.push(node.get(key));
    }
    return new Layers(found);
  }

  /** The keys of all layers. */
  keys(expected?: string): string[] {
    return [
      ...new Set(
        this.#nodes.flatMap((node) => node.keys(expected)).map((key) =>
          key.replace(/ !(?:reset|override)$/, "")
        ),
      ),
    ];
  }
}

/**
 * Moves the tags `!reset` and `!override` of a Compose file into the keys, because
 * the YAML parser does not support custom tags.
 */
export function withTagsInKeys(text: string): string {
  return text.replace(
    /(^[ \t]*|[{,][ \t]*)([\w./-]+):[ \t]+!(reset|override)(?=\s|$)/gm,
    '$1"$2 !$3":',
  );
}
