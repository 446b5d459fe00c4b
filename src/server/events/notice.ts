/** What listeners are told beside the checks: first as it is, then as it changes. */
export interface Notice {
  /** The name of the event. */
  readonly event: string;
  /** How it is now: it is told again when the key is another one. */
  read(): { readonly key: string; data(): string };
}
