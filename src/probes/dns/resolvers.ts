import { whyUnread } from "../../core/access.ts";
import { error } from "../../core/outcome.ts";
import { type Endpoint, endpoint } from "../address.ts";
import { Failure } from "../failure.ts";

/** The file that names the system's name servers. */
export const RESOLVERS_FILE = "/etc/resolv.conf";

/** How many of them the system's own resolver asks (resolv.conf(5)). */
const MAX_RESOLVERS = 3;

/**
 * Reads the system's name servers. Without any, it is one on this machine, as
 * resolv.conf(5) has it.
 *
 * Rejects with a `Failure` if the file cannot be read.
 */
export async function systemResolvers(port: number): Promise<Endpoint[]> {
  const resolvers = resolversFrom(await readResolvers(), port);
  return resolvers.length === 0 ? [{ hostname: "127.0.0.1", port }] : resolvers;
}

async function readResolvers(): Promise<string> {
  try {
    return await Deno.readTextFile(RESOLVERS_FILE);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotCapable) throw thrown;
    const why = whyUnread(thrown, RESOLVERS_FILE);
    const message = `Cannot read ${RESOLVERS_FILE}: ${why}; expected server`;
    throw new Failure(error({ code: "internal", message }));
  }
}

/** The name servers in the text of the file. What is not valid is left out. */
export function resolversFrom(text: string, port: number): Endpoint[] {
  return text.split("\n")
    .map((line) => /^\s*nameserver\s+([^\s#;]+)/.exec(line)?.[1])
    .filter((address) => address !== undefined)
    .flatMap((address) => {
      try {
        return [endpoint(address, port)];
      } catch {
        return [];
      }
    })
    .slice(0, MAX_RESOLVERS);
}
