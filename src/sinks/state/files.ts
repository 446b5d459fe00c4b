/** The files that an agent keeps its state in. */
export interface StateFiles {
  /** What is known of the checks. */
  readonly path: string;
  /** What is to take its place once all of it is written. */
  readonly temporary: string;
  /** What was found in its place and could not be read. */
  readonly bad: string;
}

/** The files that go with a config's `state`. */
export function stateFiles(path: string): StateFiles {
  return { path, temporary: `${path}.tmp`, bad: `${path}.bad` };
}

/** What it takes to keep a state in a file. */
export function statePermissions(
  state: string,
): (Deno.ReadPermissionDescriptor | Deno.WritePermissionDescriptor)[] {
  const paths = Object.values(stateFiles(state));
  return (["read", "write"] as const).flatMap((name) =>
    paths.map((path) => ({ name, path }))
  );
}
