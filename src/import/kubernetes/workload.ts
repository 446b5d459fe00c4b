/** A Kubernetes object that has pods. */
export interface Workload {
  /** Its kind. */
  readonly kind: string;
  /** Its name. */
  readonly name: string;
  /** Its namespace, if the file has it. */
  readonly namespace?: string;
  /** Its name for kubectl; missing if it is not known. */
  readonly kubectl?: string;
}
