import type { LookupAddress, LookupAllOptions } from "node:dns";
import { enterStage, findAtDeadline } from "../../core/stage.ts";
import type { Outcome, Probe, Verdict } from "../../core/types.ts";
import { fail } from "../../core/outcome.ts";
import { OptionError } from "../../core/option_error.ts";
import { unlessAborted } from "../../io/abort.ts";
import { authority, type Endpoint } from "../address.ts";
import { classify, internal } from "../classify.ts";
import { timedOut } from "../timed_out.ts";
import { failure } from "../failure.ts";

/** A version of IP. */
export type Family = 4 | 6;

/** How many addresses of a name are tried at most. */
const MAX_ADDRESSES = 16;

/** Whether it is a name, and not an address. */
export function isName(hostname: string): boolean {
  return !hostname.includes(":") && !/^\d+(?:\.\d+){3}$/.test(hostname);
}

/** Looks up the addresses of a name. Rejects if there are none. */
export async function lookUp(
  { hostname, port }: Endpoint,
): Promise<readonly LookupAddress[]> {
  const { lookup } = await import("node:dns");
  return await new Promise((resolve, reject) => {
    // Deno has the permission for a name with a port.
    const options: LookupAllOptions & { port: number } = { all: true, port };
    lookup(
      hostname,
      options,
      (error, addresses) => error === null ? resolve(addresses) : reject(error),
    );
  });
}

/**
 * Returns the addresses of an endpoint, of one family if that is given.
 *
 * Rejects with a `Failure` if there is none of the family.
 */
export async function addressesOf(
  to: Endpoint,
  family: Family | undefined,
  signal: AbortSignal,
): Promise<string[]> {
  enterStage(signal, "looking up the name");
  const all = isName(to.hostname)
    ? await unlessAborted(lookUp(to), signal)
    : [{ address: to.hostname, family: to.hostname.includes(":") ? 6 : 4 }];
  const some = all.filter((each) => (family ?? each.family) === each.family)
    .map(({ address }) => address);
  if (some.length === 0) {
    throw failure("dns", `${to.hostname} has no IPv${family} address`);
  }
  return [...new Set(some)].slice(0, MAX_ADDRESSES);
}

/** From good to bad: that a target fails says more than that we cannot tell. */
const ORDER: readonly Verdict[] = ["pass", "warn", "error", "fail"];

/** How the addresses of a target are chosen. */
export interface AddressOptions {
  /**
   * Which version of IP to connect by. Without it, the addresses of both are
   * tried, until one accepts a connection.
   */
  family?: Family;
  /**
   * Whether it is enough that one address of the host answers, or all of them,
   * up to 16, are asked at the same time. The worst outcome counts then, and
   * its reason names the address.
   *
   * @default {"any"}
   */
  addresses?: "any" | "all";
}

/**
 * Checks the options.
 *
 * @throws {OptionError} If one is not valid.
 */
export function mustBeAddresses({ family, addresses }: AddressOptions): void {
  if (![undefined, 4, 6].includes(family)) {
    const got = JSON.stringify(family);
    throw new OptionError("family", `expected 4 or 6, got ${got}`);
  }
  if (![undefined, "any", "all"].includes(addresses)) {
    const got = JSON.stringify(addresses);
    throw new OptionError("addresses", `expected "any" or "all", got ${got}`);
  }
}

/** The permissions to connect. Addresses of a name are not known beforehand. */
export function netPermissions(
  to: Endpoint,
  { family, addresses }: AddressOptions,
): Deno.PermissionDescriptor[] {
  const isOpen = isName(to.hostname) &&
    (family !== undefined || addresses === "all");
  return [
    { name: "net", host: authority(to) },
    ...(isOpen ? [{ name: "net" } as const] : []),
  ];
}

/**
 * The attempt of a probe with these options: `attempt`, or one at each address of
 * an endpoint, all at once, if `addresses` is `"all"`. `make` makes the probe of an
 * address. The outcome is the worst one; its reason names the address.
 */
export function atAddresses<
  Options extends AddressOptions & { address?: string },
>(
  options: Options,
  endpointOf: () => Endpoint,
  attempt: (signal: AbortSignal) => Promise<Outcome>,
  make: (options: Options) => Probe,
): (signal: AbortSignal) => Promise<Outcome> {
  if (options.addresses !== "all" || !("Deno" in globalThis)) return attempt;
  const to = endpointOf();
  // The options may change after this.
  const own = { ...options, addresses: "any" as const };
  const probes = new Map<string, Probe>();
  return (signal) =>
    attemptAll(to, own.family, signal, (address, signal) => {
      const probe = probes.get(address) ?? make({ ...own, address });
      probes.set(address, probe);
      return probe(signal);
    });
}

async function attemptAll(
  to: Endpoint,
  family: Family | undefined,
  signal: AbortSignal,
  attempt: (address: string, signal: AbortSignal) => Promise<Outcome>,
): Promise<Outcome> {
  let addresses: readonly string[];
  try {
    addresses = await addressesOf(to, family, signal);
  } catch (thrown) {
    if (signal.aborted) return timedOut(signal);
    return classify(thrown, authority(to)) ?? internal(thrown);
  }
  const found = new Map<string, Outcome>();
  const say = (): void => {
    const waiting = addresses.filter((address) => !found.has(address));
    enterStage(signal, `waiting for ${waiting.slice(0, 3).join(", ")}`);
    findAtDeadline(signal, () => {
      const worst = worstOf(found, addresses.length);
      return worst?.verdict === "fail" ? worst : undefined;
    });
  };
  say();
  await Promise.all(addresses.map(async (hostname) => {
    // Each has a stage of its own.
    const own = AbortSignal.any([signal]);
    const address = authority({ hostname, port: to.port });
    found.set(hostname, await attempt(address, own));
    if (found.size < addresses.length) say();
  }));
  return worstOf(found, addresses.length)!;
}

/** The worst outcome, in whose reason its address is. */
function worstOf(
  outcomes: ReadonlyMap<string, Outcome>,
  addresses: number,
): Outcome | undefined {
  let worst: readonly [string, Outcome] | undefined;
  for (const each of outcomes) {
    const isWorse = worst === undefined ||
      ORDER.indexOf(each[1].verdict) > ORDER.indexOf(worst[1].verdict);
    if (isWorse) worst = each;
  }
  if (worst === undefined) return undefined;
  const [address, { verdict, reason, detail }] = worst;
  const all = { ...detail, addresses };
  if (reason === undefined) return { verdict, detail: all };
  const { code, message } = reason;
  const named = message.includes(address)
    ? message
    : `At ${address}: ${message}`;
  return { ...fail({ code, message: named }, all), verdict };
}
