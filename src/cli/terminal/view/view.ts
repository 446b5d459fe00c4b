/** The list of checks, as far as keys change it. */
export interface ListView {
  /** Words that a check must match to be in the list. */
  readonly filter: string;
  /** Whether keys are typed into the filter. */
  readonly isTyping: boolean;
  /** The selected check, and its place in the list; `null` for none. */
  readonly selected: { readonly id: string; readonly index: number } | null;
  /** The place in the list of the first row that is seen. */
  readonly top: number;
}

/** What can be opened: what is known of one check, or the keys. */
export type Opened =
  | { readonly type: "check"; readonly id: string }
  | { readonly type: "keys" };

/** A page, which covers the list. */
export type Page = Opened & {
  /** The first line that is seen. */
  readonly top: number;
};

/** What is shown on the terminal, as far as keys change it. */
export interface View {
  readonly list: ListView;
  /** The last one is seen, and leads back to the one before. */
  readonly pages: readonly Page[];
}

/** What is shown before any key is pressed: the list. */
export const START: View = {
  list: { filter: "", isTyping: false, selected: null, top: 0 },
  pages: [],
};
