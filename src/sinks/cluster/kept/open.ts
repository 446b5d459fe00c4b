import { Bucket } from "../nats/bucket.ts";
import type { Connection } from "../nats/connection.ts";
import { type KeptTeller, SharedKept, type SharedKeptOptions } from "./kept.ts";
import { type KeptValue, MAX_VALUE_BYTES, parseKept } from "./value.ts";

/**
 * Opens the values that the agents of a cluster share, and the one that tells puts.
 * It does not wait for a server. It is to be closed before the lease of who tells is
 * given back, and before the connection is closed.
 */
export function openKept(
  connection: Connection,
  teller: KeptTeller,
  { warn, onError }: Pick<SharedKeptOptions, "warn" | "onError">,
): SharedKept {
  const kept: SharedKept = new SharedKept({
    send: (request, onAnswer) => bucket.send(request, onAnswer),
    teller,
    warn,
    onError,
  });
  const bucket = new Bucket<KeptValue>(connection, {
    name: "kept",
    maxValueBytes: MAX_VALUE_BYTES,
    parse: parseKept,
    listed: (entries) => kept.listed(entries),
    changed: (entry) => kept.changed(entry),
    disconnected: () => kept.disconnected(),
  });
  kept.open();
  return kept;
}
