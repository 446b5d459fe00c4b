import type { Node } from "../node.ts";

/**
 * Expands `$(NAME)` by a container's `env`, as the kubelet does in the command of
 * a probe: `$$` is a dollar sign, and what is not in `env` stays as it is. A
 * variable from elsewhere (`valueFrom`) is empty there.
 */
export function expanded(text: string, container: Node): string {
  return text.replace(
    /\$(?:\$|\(([^)]*)\))/g,
    (reference, name?: string) =>
      name === undefined ? "$" : valueOf(name, container) ?? reference,
  );
}

/** The last value of a variable. */
function valueOf(name: string, container: Node): string | undefined {
  const variable = container.get("env").items("a list of variables")
    .findLast((item) => item.get("name").text() === name);
  return variable && (variable.get("value").text() ?? "");
}
