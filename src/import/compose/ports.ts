import { entryOf, type Layers } from "./layers.ts";
import type { Node } from "../node.ts";

/** The address of a published port. */
export interface Published {
  /** An address of this machine; missing for all addresses. */
  readonly host?: string;
  /** The port. */
  readonly port: number;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** A mapping of a port, or of a range of ports. */
interface Mapping {
  readonly host?: string;
  readonly published: Range | undefined;
  readonly target: Range;
}

const SHORT =
  /^(?:(?:(\[[^\]]*\]|[^:[\]]*):)?(\d+(?:-\d+)?)?:)?(\d+(?:-\d+)?)(?:\/(\w+))?$/;

/** Returns a function that finds where a port of a service is published. */
export function publishedPorts(
  ports: Layers,
): (port: number) => Published | undefined {
  const mappings = ports.nodes.flatMap((node) => node.items("a list of ports"))
    .map((node) => node.isMap ? long(node) : short(node))
    .filter((mapping) => mapping !== undefined)
    .reverse();
  return (port) => {
    for (const { host, published, target } of mappings) {
      if (published === undefined || port < target.from || port > target.to) {
        continue;
      }
      // A range for one port means any port of the range.
      if (sizeOf(published) !== sizeOf(target)) continue;
      return {
        ...(host !== undefined && { host }),
        port: published.from + port - target.from,
      };
    }
    return undefined;
  };
}

/** `[[IP:][PUBLISHED]:]TARGET[/PROTOCOL]`. */
function short(node: Node): Mapping | undefined {
  const expected = 'a port such as "8080:80"';
  const text = node.text(expected);
  if (text === undefined) return undefined;
  const [, host, published, target, protocol = "tcp"] = SHORT.exec(text) ?? [];
  const range = rangeOf(target);
  if (
    range === undefined ||
    published !== undefined && rangeOf(published) === undefined
  ) {
    return node.expected(expected);
  }
  return protocol === "tcp"
    ? mapping(range, rangeOf(published), host)
    : undefined;
}

function long(node: Node): Mapping | undefined {
  const get = (key: string): Node => entryOf(node, key).value ?? node.get(key);
  const target = get("target");
  const range = rangeOf(target.text("a port"));
  if (range === undefined) {
    return target.expected("a port between 1 and 65535");
  }
  const published = get("published");
  const text = published.text("a port");
  const publishedRange = rangeOf(text);
  if (text !== undefined && text !== "" && publishedRange === undefined) {
    return published.expected("a port between 1 and 65535");
  }
  const protocol = get("protocol").text() ?? "tcp";
  return protocol === "tcp"
    ? mapping(range, publishedRange, get("host_ip").text())
    : undefined;
}

function mapping(
  target: Range,
  published: Range | undefined,
  host: string | undefined,
): Mapping {
  const address = host?.replace(/^\[|\]$/g, "");
  const isAll = address === undefined || /^(?:|0\.0\.0\.0|::)$/.test(address);
  return { target, published, ...(!isAll && { host: address }) };
}

function rangeOf(text: string | undefined): Range | undefined {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(text ?? "") ?? [];
  const [from, to] = [Number(first), Number(last)];
  return from >= 1 && to <= 65535 && from <= to ? { from, to } : undefined;
}

function sizeOf({ from, to }: Range): number {
  return to - from;
}
