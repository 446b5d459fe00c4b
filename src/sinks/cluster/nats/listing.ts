import type { Entry } from "../../../core/cluster/register.ts";
import { nextTurn } from "../../../io/turn.ts";
import type { Connection } from "./connection.ts";
import { type BucketSettings, BucketStream } from "./stream.ts";
import { type Parse, Values } from "./values.ts";
import { type Stored, Watch } from "./watch.ts";

/** How many values are read in one turn of the event loop. */
const SLICE = 500;

/**
 * Reads all values of a bucket once, some in each turn of the event loop. Throws if
 * there is no connection, or if it breaks meanwhile.
 */
export async function* listAll<V>(
  connection: Connection,
  settings: BucketSettings,
  parse: Parse<V>,
): AsyncGenerator<Entry<V>[], void, void> {
  const stream = new BucketStream(connection, settings);
  const values = new Values(connection, stream, parse);
  const failure = `Cannot read the bucket ${stream.name}`;
  if (!await stream.ready()) throw new Error(failure);
  const all = await new Promise<readonly Stored[]>((resolve, reject) => {
    const watch = Watch.begin(connection, stream, {
      listed: (all) => {
        watch?.end();
        resolve(all);
      },
      changed() {},
      lost: () => reject(new Error(failure)),
    });
    if (watch === null) reject(new Error(failure));
  });
  for (let at = 0; at < all.length; at += SLICE) {
    const entries: Entry<V>[] = [];
    for (const stored of all.slice(at, at + SLICE)) {
      const found = values.read(stored);
      if (found?.value != null) entries.push(found as Entry<V>);
    }
    yield entries;
    await nextTurn();
  }
}
