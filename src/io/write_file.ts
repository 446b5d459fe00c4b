/** Where a file is, and where its next content is written first. */
export interface ReplacedFile {
  /** The file. */
  readonly path: string;
  /** The file that takes its place, in the same folder. */
  readonly temporary: string;
}

/**
 * Replaces a text file atomically: the content is written to a temporary file in
 * the same folder, which is then renamed. Even after a power failure there is
 * the old file or the new one. Only the owner may read it.
 */
export async function replaceFile(
  { path, temporary }: ReplacedFile,
  pieces: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  try {
    {
      using file = await Deno.open(temporary, {
        write: true,
        create: true,
        truncate: true,
        mode: 0o600,
      });
      const encoder = new TextEncoder();
      for await (const piece of pieces) {
        let bytes: Uint8Array = encoder.encode(piece);
        while (bytes.length > 0) {
          bytes = bytes.subarray(await file.write(bytes));
        }
      }
      await file.sync();
    }
    await Deno.rename(temporary, path);
  } catch (error) {
    // On a full disk, the incomplete file would take space.
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}
