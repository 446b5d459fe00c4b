import type { Probe } from "../core/types.ts";
import { command } from "../probes/command/command.ts";
import { http } from "../probes/http/http.ts";
import { tcp } from "../probes/tcp.ts";
import { UsageError } from "./usage.ts";

/** A host and a port alone, which are meant as a port to connect to. */
const HOST_AND_PORT = /^(?:\[[^\]]*\]|[^:/\s]+):\d+$/;

/** Whether an argument is meant as a target, and not as a file. */
export function isTarget(argument: string): boolean {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(argument) ||
    argument.startsWith("exec:") || HOST_AND_PORT.test(argument);
}

/**
 * Makes a probe of a target: `http://…`, `https://…`, `tcp://host:port`,
 * `host:port` or `exec:command line`.
 *
 * @throws {UsageError} If it is none of these.
 */
export function parseTarget(target: string): Probe {
  try {
    if (target.startsWith("exec:")) return command(target.slice(5));
    if (HOST_AND_PORT.test(target)) return parseTcp(`tcp://${target}`);
    if (/^https?:/i.test(target)) return http(target);
    if (/^tcp:/i.test(target)) return parseTcp(target);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) {
      throw error;
    }
    const { message } = error;
    throw new UsageError(
      `${shown(target)}: ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
      { cause: error },
    );
  }
  throw new UsageError(
    `${
      shown(target)
    }: expected a target such as http://host/path, tcp://host:port or exec:command`,
  );
}

/** A target as a message may quote it. */
function shown(target: string): string {
  return target.replace(/((?:^|\s)(?:[a-z][\w+.-]*:\/\/)?)\S*@/gi, "$1***@")
    .replace(/\?.*/s, "?***");
}

function parseTcp(target: string): Probe {
  const [, host, port] =
    /^tcp:\/\/(\[[^\]]*\]|[^:/?#@\s]+):(\d+)\/?$/i.exec(target) ?? [];
  if (host === undefined) {
    throw new TypeError("Expected tcp://host:port");
  }
  return tcp({ host, port: Number(port) });
}
