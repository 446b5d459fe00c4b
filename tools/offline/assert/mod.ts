/**
 * Stands in for `@std/assert` where JSR cannot be reached, over Node's `assert`.
 * Its equality is a little stricter: `0` and `-0` differ, and so do prototypes.
 *
 * @module
 */

import { AssertionError as NodeAssertionError } from "node:assert";
import {
  inspect,
  isDeepStrictEqual,
  stripVTControlCharacters,
} from "node:util";

// deno-lint-ignore no-explicit-any
type Class<T> = abstract new (...args: any[]) => T;

/** What every failed assertion throws. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

function failWith(what: string, msg?: string): never {
  throw new AssertionError(msg ? `${what}: ${msg}` : what);
}

function difference(actual: unknown, expected: unknown): string {
  return new NodeAssertionError({
    actual,
    expected,
    operator: "deepStrictEqual",
  }).message;
}

/** The value is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** The value is falsy. */
export function assertFalse(
  expr: unknown,
  msg = "",
): asserts expr is false | 0 | 0n | "" | null | undefined {
  if (expr) throw new AssertionError(msg);
}

/** Deeply equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (isDeepStrictEqual(actual, expected)) return;
  failWith(difference(actual, expected), msg);
}

/** Not deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!isDeepStrictEqual(actual, expected)) return;
  failWith(`Expected another value than ${inspect(actual)}`, msg);
}

/** The same value, by `Object.is`. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  failWith(difference(actual, expected), msg);
}

/** Not the same value, by `Object.is`. */
export function assertNotStrictEquals<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  if (!Object.is(actual, expected)) return;
  failWith(`Expected another value than ${inspect(actual)}`, msg);
}

/** Neither `null` nor `undefined`. */
export function assertExists<T>(
  actual: T,
  msg?: string,
): asserts actual is NonNullable<T> {
  if (actual !== undefined && actual !== null) return;
  failWith(`Expected a value, got ${actual}`, msg);
}

/** An instance of the class. */
export function assertInstanceOf<T extends Class<unknown>>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  failWith(`Expected a ${expectedType.name}, got ${inspect(actual)}`, msg);
}

/** Numbers that are close: by default, to a ten-millionth. */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance: number = isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7,
  msg?: string,
): void {
  if (Object.is(actual, expected)) return;
  if (Math.abs(expected - actual) <= tolerance) return;
  failWith(`Expected ${actual} to be close to ${expected}`, msg);
}

/** More than expected. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (actual > expected) return;
  throw new AssertionError(msg ?? `Expected ${actual} > ${expected}`);
}

/** As much as expected, or more. */
export function assertGreaterOrEqual<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  if (actual >= expected) return;
  throw new AssertionError(msg ?? `Expected ${actual} >= ${expected}`);
}

/** Less than expected. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (actual < expected) return;
  throw new AssertionError(msg ?? `Expected ${actual} < ${expected}`);
}

/** As much as expected, or less. */
export function assertLessOrEqual<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  if (actual <= expected) return;
  throw new AssertionError(msg ?? `Expected ${actual} <= ${expected}`);
}

/** The text contains another. */
export function assertStringIncludes(
  actual: string,
  expected: string,
  msg?: string,
): void {
  if (actual.includes(expected)) return;
  failWith(`Expected "${actual}" to contain "${expected}"`, msg);
}

/** The text matches. */
export function assertMatch(
  actual: string,
  expected: RegExp,
  msg?: string,
): void {
  if (expected.test(actual)) return;
  failWith(`Expected "${actual}" to match ${expected}`, msg);
}

/** The text does not match. */
export function assertNotMatch(
  actual: string,
  expected: RegExp,
  msg?: string,
): void {
  if (!expected.test(actual)) return;
  failWith(`Expected "${actual}" not to match ${expected}`, msg);
}

/** All of the expected items are among the actual ones. */
export function assertArrayIncludes<T>(
  actual: ArrayLike<T> & object,
  expected: ArrayLike<T> & object,
  msg?: string,
): void {
  const items = Array.from(actual);
  const missing = Array.from(expected).filter((wanted) =>
    !items.some((item) => isDeepStrictEqual(item, wanted))
  );
  if (missing.length === 0) return;
  failWith(`${inspect(missing)} missing from ${inspect(actual)}`, msg);
}

/** What of a value has a counterpart in the pattern. */
function project(value: unknown, pattern: unknown): unknown {
  if (Array.isArray(value) && Array.isArray(pattern)) {
    return value.slice(0, pattern.length)
      .map((item, index) => project(item, pattern[index]));
  }
  if (!isPlain(value) || !isPlain(pattern)) return value;
  return Object.fromEntries(
    Reflect.ownKeys(pattern).filter((key) => Object.hasOwn(value, key))
      .map((key) => [key, project(value[key], pattern[key])]),
  );
}

/** A record, of any class, as opposed to a date, a pattern or a collection. */
function isPlain(value: unknown): value is Record<PropertyKey, unknown> {
  return Object.prototype.toString.call(value) === "[object Object]";
}

/** Has at least what the expected object has, at any depth. */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  assertEquals(project(actual, expected), project(expected, expected), msg);
}

function checkError(
  error: unknown,
  type: unknown,
  msgIncludes?: string,
  msg?: string,
): void {
  // The first optional argument may be the class or the message.
  if (typeof type !== "function") return;
  if (!(error instanceof Error)) {
    failWith(`Expected an Error, got ${inspect(error)}`, msg);
  }
  assertInstanceOf(error, type as Class<Error>, msg);
  if (msgIncludes === undefined) return;
  const message = stripVTControlCharacters(error.message);
  assertStringIncludes(message, stripVTControlCharacters(msgIncludes), msg);
}

/** The function throws; returns what it threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** The function throws an error of this class, with this in its message. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: Class<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  ErrorClass?: Class<Error> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  try {
    fn();
  } catch (error) {
    checkError(error, ErrorClass, msgIncludes, msg);
    return error;
  }
  failWith("Expected function to throw", msg);
}

/** The promise rejects; resolves to what it rejected with. */
export function assertRejects(
  fn: () => PromiseLike<unknown>,
  msg?: string,
): Promise<unknown>;
/** The promise rejects with an error of this class, with this in its message. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: Class<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  ErrorClass?: Class<Error> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  let promise: PromiseLike<unknown>;
  try {
    promise = fn();
  } catch {
    failWith("Function throws when expected to reject", msg);
  }
  if (typeof promise?.then !== "function") {
    failWith("Function throws when expected to reject", msg);
  }
  try {
    await promise;
  } catch (error) {
    checkError(error, ErrorClass, msgIncludes, msg);
    return error;
  }
  failWith("Expected function to reject", msg);
}

/** Fails. */
export function fail(msg?: string): never {
  failWith("Failed assertion", msg);
}

/** Fails, for code that must not be reached. */
export function unreachable(msg?: string): never {
  failWith("Unreachable", msg);
}
