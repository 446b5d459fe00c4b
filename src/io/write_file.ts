/**
 * Replaces a text file atomically: the content is written to a temporary file in
 * the same folder, which is then renamed. Even after a power failure there is
 * the old file or the new one. Only the owner may read it.
 */
export async function replaceFile(
  { path, temporary }: { readonly path: string; readonly temporary: string },
  text: string,
): Promise<void> {
  try {
    {
      using file = await Deno.open(temporary, {
        write: true,
        create: true,
        truncate: true,
        mode: 0o600,
      });
      let bytes: Uint8Array = new TextEncoder().encode(text);
      while (bytes.length > 0) {
        bytes = bytes.subarray(await file.write(bytes));
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
