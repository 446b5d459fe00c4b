/** What has pods. */
export interface Workload {
  /** Its kind. */
  readonly kind: string;
  /** Its name. */
  readonly name: string;
  /** Its namespace, if it says so. */
  readonly namespace?: string;
  /** What kubectl calls it; nothing if that cannot be known. */
  readonly kubectl?: string;
}
