import { DatabaseSync } from "node:sqlite";

/** The states of all checks in a history, as text; nothing before there is one. */
export function statesIn(path: string): string {
  try {
    using database = new DatabaseSync(path, { readOnly: true });
    return database.prepare("SELECT state FROM states").all()
      .map(({ state }) => String(state)).join("\n");
  } catch {
    return "";
  }
}
