import type { Entry } from "../../../core/cluster/register.ts";
import type { Connection } from "./connection.ts";
import { type BucketSettings, BucketStream } from "./stream.ts";
import { type Parse, Values } from "./values.ts";
import { Watch } from "./watch.ts";

/**
 * Reads all values of a bucket once. Rejects if there is no connection, or if it
 * breaks meanwhile.
 */
export async function listAll<V>(
  connection: Connection,
  settings: BucketSettings,
  parse: Parse<V>,
): Promise<Entry<V>[]> {
  const stream = new BucketStream(connection, settings);
  const values = new Values(connection, stream, parse);
  const failure = `Cannot read the bucket ${stream.name}`;
  if (!await stream.ready()) throw new Error(failure);
  return await new Promise((resolve, reject) => {
    const watch = Watch.begin(connection, stream, {
      listed: (all) => {
        watch?.end();
        const entries: Entry<V>[] = [];
        for (const stored of all) {
          const found = values.read(stored);
          if (found?.value != null) entries.push(found as Entry<V>);
        }
        resolve(entries);
      },
      changed() {},
      lost: () => reject(new Error(failure)),
    });
    if (watch === null) reject(new Error(failure));
  });
}
