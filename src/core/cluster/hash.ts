/** Hashes of 32 bits, by arithmetic that gives the same on every machine. */

/** The hash of a text, as a signed integer: FNV-1a with a final mix. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return mix(hash);
}

/**
 * What a member scores for a check, by the hashes of their ids: a signed integer
 * that looks random, but is the same on every agent.
 */
export function scoreOf(check: number, member: number): number {
  return mix(Math.imul(check, 0x9e3779b1) + member);
}

/** Spreads every bit of an integer over all 32. */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return hash ^ (hash >>> 16);
}
