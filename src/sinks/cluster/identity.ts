/** Who an agent is, in its cluster. */
export interface Identity {
  /** The name of the cluster. */
  readonly name: string;
  /** The id of this agent. */
  readonly id: string;
  /** Its region, `null` if it has none. */
  readonly region: string | null;
  /** Its other labels. */
  readonly labels: Readonly<Record<string, string>>;
}
