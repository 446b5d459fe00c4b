/** A program that tests need, which is not everywhere. */
export interface Needed {
  /** Its name on the PATH, or where it is. */
  readonly program: string;
  /** The variable that is `1` where it is demanded. */
  readonly demand: `LIFESIGN_TEST_${string}`;
}

/** Whether there is such a program. */
export function has(program: string): boolean {
  return new Deno.Command("sh", {
    args: ["-c", 'command -v "$0"', program],
    stdout: "null",
  }).outputSync().success;
}

/**
 * A test of a program that is not everywhere: it is left out without it, and
 * its name then says so; where it is demanded, it fails.
 */
export function testWith(
  { program, demand }: Needed,
  { name, fn }: { name: string; fn: () => Promise<void> },
): void {
  const ignore = Deno.env.get(demand) !== "1" && !has(program);
  Deno.test({
    name: ignore ? `${name} (${program} is not on the PATH)` : name,
    ignore,
    fn,
  });
}
