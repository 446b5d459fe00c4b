/** What a config says of its cluster. */
export interface ClusterValue {
  /**
   * The URLs of the servers of NATS, such as `tls://host:4222`: with a port, and
   * without credentials.
   */
  readonly servers: readonly string[];
  /** The name of the cluster. */
  readonly name: string;
  /** The id of this agent; `null` for the name of its host. */
  readonly id: string | null;
  /** The region of this agent, `null` if it has none. */
  readonly region: string | null;
  /** Its other labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** On how many servers the buckets are. */
  readonly replicas: number;
  /** How the agent logs in; `null` if it need not. It is secret. */
  readonly login: ClusterLogin | null;
  /** What TLS goes by; `null` if only the servers say whether there is TLS. */
  readonly tls: ClusterTls | null;
}

/** How an agent logs in to the servers. */
export type ClusterLogin =
  | { readonly type: "token"; readonly token: string }
  | {
    readonly type: "user";
    readonly user: string;
    readonly password: string;
  }
  /** The seed of an nkey, which begins with `SU`. */
  | { readonly type: "nkey"; readonly seed: string }
  /** The content of a credentials file, or the path of one. */
  | { readonly type: "credentials"; readonly text: string };

/** Certificates and a key, each as PEM or the path of a PEM file. */
export interface ClusterTls {
  /** The certificate authorities to trust. */
  readonly ca?: string;
  /** The client certificate. */
  readonly cert?: string;
  /** Its private key. */
  readonly key?: string;
}

/** A cluster with the content of all files, and with the id of this agent. */
export interface ClusterSetup extends ClusterValue {
  readonly id: string;
  /** Takes what is secret out of a text. */
  readonly redact: (text: string) => string;
}

/** The permission to know the name of the host. */
export const HOSTNAME: Deno.PermissionDescriptor = {
  name: "sys",
  kind: "hostname",
};

/** Whether a text is the content of a file, and not its path. */
export function isContent(text: string): boolean {
  return text.includes("-----BEGIN ");
}
