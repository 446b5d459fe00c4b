/** Where an agent listens whose config does not say it. */
const ADDRESS = { hostname: "127.0.0.1", port: 8686 };

/** Far longer than any test has it. */
const PATIENCE_MS = 60_000;

/** How often to try. */
const PACE_MS = 100;

/**
 * Waits until the default address is free, and keeps it from the tests of other
 * processes on this machine until the end of the block.
 */
export async function defaultAddress(): Promise<Disposable> {
  const file = await Deno.open(`/tmp/lifesign_test_${ADDRESS.port}.lock`, {
    create: true,
    write: true,
  });
  const until = performance.now() + PATIENCE_MS;
  while (!(await file.tryLock(true) && isFree())) {
    if (performance.now() > until) {
      file.close();
      throw new Error(`Expected ${JSON.stringify(ADDRESS)} to become free`);
    }
    await new Promise((resolve) => setTimeout(resolve, PACE_MS));
  }
  return { [Symbol.dispose]: () => file.close() };
}

function isFree(): boolean {
  try {
    Deno.listen(ADDRESS).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}
