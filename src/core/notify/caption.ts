/** Which check it is, in the words of people and of services. */
export interface Caption {
  /** The id of the check. */
  readonly check: string;
  /** What people call it, if it has a name. */
  readonly name?: string;
  /** Its group; `null` if it is in none. */
  readonly group: string | null;
  /** Its kind. */
  readonly type: string;
  /** What it looks at, without secrets. */
  readonly target: string;
  /** Where people find more about it, if it has a link. */
  readonly link?: string;
}

/** The caption alone of what has one. */
export function captionOf(
  { check, name, group, type, target, link }: Caption,
): Caption {
  return {
    check,
    ...(name === undefined ? {} : { name }),
    group,
    type,
    target,
    ...(link === undefined ? {} : { link }),
  };
}
