/** What runs a test inside of a container; `none` for this machine itself. */
export type Runtime = "docker" | "podman" | "nerdctl" | "none";

/** How checks are imported, and what is needed for that. */
export interface ImportOptions {
  /** Where published ports and pods are. */
  readonly address: string;
  /** What runs a test inside of a container. */
  readonly exec: Runtime;
  /** Whether well-known tests become probes that need no container. */
  readonly native: boolean;
  /** The project's name, for containers that have none of their own. */
  readonly project?: string;
  /** Gives a variable; may throw `Deno.errors.NotCapable`. */
  readonly env: (name: string) => string | undefined;
  /** Gives a variable that need not be there, without asking whether it may. */
  readonly optionalEnv: (name: string) => string | undefined;
  /** Reads a file; rejects with a `ConfigError` if it cannot. */
  readonly read: (path: string) => Promise<string>;
  /** Reads a file that need not be there, or may not be readable. */
  readonly readOptional: (path: string) => Promise<string | undefined>;
  /** The current folder, if it may be known. */
  readonly folder: () => string | undefined;
}

/** A file to import. */
export interface Source {
  /** What messages call it. */
  readonly name: string;
  /** Its path, or nothing for what came on stdin. */
  readonly path?: string;
  /** What is in it. */
  readonly text: string;
}
