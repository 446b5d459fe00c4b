/** The names of the statuses of gRPC, by their numbers. */
const NAMES = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
];

/** The status that everything is well. */
export const OK = 0;
/** There is no such service. */
export const NOT_FOUND = 5;
/** There is no such method. */
export const UNIMPLEMENTED = 12;

/** A status as `"5 NOT_FOUND"`. */
export function statusInWords(status: number): string {
  return `${status} ${NAMES[status] ?? "(unknown)"}`;
}

/** What statuses of HTTP mean where there is none of gRPC. */
const OF_HTTP: Readonly<Record<string, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: UNIMPLEMENTED,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
};

/** The status of gRPC that a status of HTTP means. */
export function statusOfHttp(status: string): number {
  return OF_HTTP[status] ?? 2;
}
