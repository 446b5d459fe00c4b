/** Which statuses pass: `200`, `"2xx"`, `"200-399"`, or several of them. */
export type StatusExpectation = number | string | readonly (number | string)[];

/** A test of statuses. */
interface StatusTest {
  /** Whether a status is one of them. */
  readonly passes: (status: number) => boolean;
  /** The statuses in words. */
  readonly text: string;
}

/**
 * Reads which statuses pass.
 *
 * @throws {RangeError} If it is not a status, a class or a range of them.
 */
export function statusTest(expected: StatusExpectation): StatusTest {
  const list = typeof expected === "object" ? expected : [expected];
  if (list.length === 0) {
    throw new RangeError("Expected a status, got an empty list");
  }
  const ranges = list.map(toRange);
  return {
    passes: (status) =>
      ranges.some(([from, to]) => from <= status && status <= to),
    text: list.join(" or "),
  };
}

function toRange(status: number | string): readonly [number, number] {
  const [, hundreds, from, to = from] =
    /^(?:([1-5])xx|(\d{3})(?:-(\d{3}))?)$/i.exec(String(status)) ?? [];
  if (hundreds !== undefined) {
    return [Number(hundreds) * 100, Number(hundreds) * 100 + 99];
  }
  if (!(Number(from) >= 100 && Number(from) <= Number(to))) {
    throw new RangeError(
      `Expected a status such as 200, "2xx" or "200-399", got ${
        JSON.stringify(status)
      }`,
    );
  }
  return [Number(from), Number(to)];
}
