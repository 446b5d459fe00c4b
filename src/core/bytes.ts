/** Writes a number of bytes for people, such as `"64 KiB"` or `"1000 bytes"`. */
export function formatBytes(bytes: number): string {
  const units = [["MiB", 2 ** 20], ["KiB", 2 ** 10]] as const;
  for (const [unit, size] of units) {
    if (bytes >= size && bytes % size === 0) return `${bytes / size} ${unit}`;
  }
  return `${bytes} byte${bytes === 1 ? "" : "s"}`;
}
