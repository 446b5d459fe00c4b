import type { Node } from "../node.ts";
import { splitTag } from "./tags.ts";

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
      const { value, drops } = entryOf(node, key);
      if (drops) found.length = 0;
      if (value !== undefined) found.push(value);
    }
    return new Layers(found);
  }

  /** The keys of all layers, without those that are reset. */
  keys(expected?: string): string[] {
    const found = new Set<string>();
    for (const tagged of this.#nodes.flatMap((node) => node.keys(expected))) {
      const { key, tag } = splitTag(tagged);
      if (tag === "reset") found.delete(key);
      else found.add(key);
    }
    return [...found];
  }
}

/** The value of a key in one file. */
export interface Entry {
  /** The value; `undefined` if the file resets it. */
  readonly value: Node | undefined;
  /** Whether the values of earlier files are dropped. */
  readonly drops: boolean;
}

/** The value of a key, which may have a tag. */
export function entryOf(node: Node, key: string): Entry {
  const keys = node.isMap ? node.keys() : [];
  // A tag wins over a value without one: that is from a merge key.
  if (keys.includes(`${key} !reset`)) return { value: undefined, drops: true };
  const override = `${key} !override`;
  return keys.includes(override)
    ? { value: node.get(override, key), drops: true }
    : { value: node.get(key), drops: false };
}
