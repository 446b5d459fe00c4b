import type { Node } from "../node.ts";
import { translated } from "./go_regexp.ts";

/** The labels of a target. */
export type Labels = ReadonlyMap<string, string>;

/** Changes to labels, with the name of a rule's action. */
type Action = (labels: Map<string, string>, rule: Rule) => boolean | void;

interface Rule {
  readonly regex: RegExp;
  /** The values of the source labels, joined. */
  readonly value: (labels: Labels) => string;
  readonly target: string;
  readonly replacement: string;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  replace(labels, { regex, value, target, replacement }) {
    const match = regex.exec(value(labels));
    if (match === null) return;
    const name = expanded(target, match);
    const text = expanded(replacement, match);
    if (text === "") labels.delete(name);
    else labels.set(name, text);
  },
  keep: (labels, { regex, value }) => regex.test(value(labels)),
  drop: (labels, { regex, value }) => !regex.test(value(labels)),
  keepequal: (labels, { value, target }) =>
    value(labels) === (labels.get(target) ?? ""),
  dropequal: (labels, { value, target }) =>
    value(labels) !== (labels.get(target) ?? ""),
  lowercase: (labels, { value, target }) =>
    void labels.set(target, value(labels).toLowerCase()),
  uppercase: (labels, { value, target }) =>
    void labels.set(target, value(labels).toUpperCase()),
  labelmap(labels, { regex, replacement }) {
    for (const [name, text] of [...labels]) {
      const match = regex.exec(name);
      if (match !== null) labels.set(expanded(replacement, match), text);
    }
  },
  labeldrop(labels, { regex }) {
    for (const name of [...labels.keys()]) {
      if (regex.test(name)) labels.delete(name);
    }
  },
  labelkeep(labels, { regex }) {
    for (const name of [...labels.keys()]) {
      if (!regex.test(name)) labels.delete(name);
    }
  },
};

/**
 * Applies `relabel_configs`, as Prometheus does. Returns nothing for a target
 * that they drop, and for one of which they cannot be known.
 */
export function relabelled(labels: Labels, rules: Node): Labels | undefined {
  const changed = new Map(labels);
  for (const node of rules.items("a list of rules")) {
    const action = (node.get("action").text() || "replace").toLowerCase();
    const act = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    const rule = ruleOf(node);
    if (act === undefined || rule === undefined) {
      node.warn("this rule cannot be followed, so there are no checks of it");
      return undefined;
    }
    if (act(changed, rule) === false) return undefined;
  }
  return changed;
}

function ruleOf(node: Node): Rule | undefined {
  const pattern = translated(node.get("regex").text() ?? "(.*)");
  if (pattern === undefined) return undefined;
  const names = node.get("source_labels").items("a list of labels")
    .map((name) => name.text() ?? "");
  const separator = node.get("separator").text() ?? ";";
  return {
    regex: new RegExp(`^(?:${pattern.source})$`, "su"),
    value: (labels) =>
      names.map((name) => labels.get(name) ?? "").join(separator),
    target: node.get("target_label").text() ?? "",
    replacement: node.get("replacement").text() ?? "$1",
  };
}

/** Expands `$1`, `${1}` and `${name}`, as Go does. */
function expanded(template: string, match: RegExpExecArray): string {
  return template.replace(
    /\$(?:(\$)|(\w+)|\{(\w+)\})/g,
    (_, dollar?: string, short?: string, long?: string) => {
      if (dollar !== undefined) return "$";
      const name = (short ?? long)!;
      return (/^\d+$/.test(name)
        ? match[Number(name)]
        : match.groups?.[name]) ?? "";
    },
  );
}
