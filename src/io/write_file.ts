/**
 * Writes a text file so that it is always the old one or the new one, even if
 * the power fails: the temporary one, in the same folder, takes its place when
 * it is complete. Only its owner may read it.
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
    // On a full disk, a part of it would only be in the way.
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}
