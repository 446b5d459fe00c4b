import type { Node } from "../node.ts";

/**
 * One value as several files, or services that extend one another, have it:
 * later ones go over earlier ones.
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

  /** The last layer, which has the say where values are not merged. */
  get last(): Node | undefined {
    return this.#nodes.at(-1);
  }

  /** What a key has; `!reset` and `!override` forget what was before. */
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
 * A Compose file with its tags `!reset` and `!override` moved into the keys, as
 * the parser knows no tags of others.
 */
export function withTagsInKeys(text: string): string {
  return text.replace(
    /(^[ \t]*|[{,][ \t]*)([\w./-]+):[ \t]+!(reset|override)(?=\s|$)/gm,
    '$1"$2 !$3":',
  );
}
