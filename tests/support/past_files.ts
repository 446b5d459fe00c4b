import { type AgentPast, writeHistory } from "./past_store.ts";

/** A config file with a history, in a folder that is gone at the end. */
export interface PastFiles extends AsyncDisposable {
  readonly folder: string;
  readonly config: string;
  readonly database: string;
}

/** Writes a config file whose checks are given, and a history if there is one. */
export async function pastFiles(
  checks: string,
  past?: AgentPast,
): Promise<PastFiles> {
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  const [config, database] = [`${folder}/lifesign.yaml`, `${folder}/past.db`];
  await Deno.writeTextFile(
    config,
    `history: ${database}\nchecks:\n${checks}`,
  );
  if (past !== undefined) writeHistory(database, past);
  return {
    folder,
    config,
    database,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
