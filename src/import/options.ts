/** What runs a test in a container; `none` runs it on this machine. */
export type Runtime = "docker" | "podman" | "nerdctl" | "none";

/** How checks are imported, and access to the environment and files. */
export interface ImportOptions {
  /** The host of published ports and pods. */
  readonly address: string;
  /** What runs a test in a container. */
  readonly exec: Runtime;
  /** Whether well-known tests become probes that need no container. */
  readonly native: boolean;
  /** The name of the project, for containers without `container_name`. */
  readonly project?: string;
  /** Returns a variable; may throw `Deno.errors.NotCapable`. */
  readonly env: (name: string) => string | undefined;
  /** Returns a variable, or `undefined` if it is unset or may not be read. */
  readonly optionalEnv: (name: string) => string | undefined;
  /** Reads a file; rejects with a `ConfigError` if it cannot. */
  readonly read: (path: string) => Promise<string>;
  /** Reads a file, or gives `undefined` if it does not exist or cannot be read. */
  readonly readOptional: (path: string) => Promise<string | undefined>;
  /** The current folder, or `undefined` without permission. */
  readonly folder: () => string | undefined;
}

/** A file to import. */
export interface Source {
  /** Its name in messages. */
  readonly name: string;
  /** Its path; missing for stdin. */
  readonly path?: string;
  /** Its text. */
  readonly text: string;
}
