import type { Field } from "../config_text.ts";
import { escaped } from "../escape.ts";
import type { Node } from "../node.ts";
import { bytesOf } from "./bytes.ts";
import { translated } from "./go_regexp.ts";
import {
  familyOf,
  type Fields,
  onlyKnown,
  placeOf,
  type Target,
  tlsFields,
} from "./target.ts";

/** The keys of a check by a module for TCP. */
export function tcpFields(options: Node, target: Target): Fields | undefined {
  const place = placeOf(target);
  if (place === undefined) return undefined;
  onlyKnown(options, {
    preferred_ip_protocol: true,
    ip_protocol_fallback: true,
    query_response: true,
    tls: true,
    tls_config: true,
    source_ip_address: "not imported: the system chooses the address",
  });
  const steps = stepsOf(options.get("query_response"));
  if (steps === undefined) return undefined;
  const tls = options.get("tls_config");
  const isTls = options.get("tls").boolean();
  const usesTls = isTls || steps.some((step) => "starttls" in step);
  const name = tls.get("server_name").text() || target.hostname;
  return {
    type: "tcp",
    ...(usesTls && name !== undefined
      ? {
        host: escaped(name),
        address: escaped(target.target),
        port: place.port,
      }
      : { host: escaped(place.host), port: place.port }),
    ...(isTls && { tls: true }),
    ...(usesTls && tlsFields(tls)),
    steps: steps.length === 0 ? undefined : steps,
    ...familyOf(options, target),
  };
}

type Step = Readonly<Record<string, Field>>;

/** The steps of a dialogue; nothing if one of them has no counterpart. */
function stepsOf(node: Node): Step[] | undefined {
  const steps: Step[] = [];
  for (const item of node.items("a list of steps")) {
    const pattern = item.get("expect").text();
    const bytes = item.get("expect_bytes").text();
    let send = item.get("send").text() ?? "";
    if (pattern !== undefined) {
      const regex = translated(pattern);
      if (regex === undefined) {
        item.get("expect").warn(
          "it has no counterpart in JavaScript: there are no checks by it",
        );
        return undefined;
      }
      // With a group, it is matched against whole lines.
      const source = regex.groups > 0 ? regex.source : `(${regex.source})`;
      steps.push({ expect: { matches: escaped(source) } });
      const expanded = references(send, regex.groups);
      if (expanded === undefined) {
        item.get("send").warn(
          "it has a group that is not there: there are no checks by it",
        );
        return undefined;
      }
      send = expanded;
    } else send = send.replace(/\$(?=\d)/g, "$$$$");
    if (bytes !== undefined && bytes !== "") {
      steps.push({ expect: binary(bytes) ?? escaped(bytes) });
    }
    // The exporter ends each of them with a line break.
    if (send !== "") {
      steps.push({ send: binary(send, [10]) ?? escaped(`${send}\n`) });
    }
    if (item.get("starttls").boolean()) steps.push({ starttls: true });
  }
  return steps;
}

/** Bytes for a config, if a string stands for bytes. */
function binary(text: string, end: readonly number[] = []): Field | undefined {
  const bytes = bytesOf(text);
  return bytes && { base64: new Uint8Array([...bytes, ...end]).toBase64() };
}

/** `${1}` as `$1`; nothing if there is no such group. */
function references(send: string, groups: number): string | undefined {
  let isKnown = true;
  const text = send.replace(
    /\$(?:(\$)|(\w+)|\{(\w+)\})/g,
    (whole, dollar?: string, short?: string, long?: string) => {
      if (dollar !== undefined) return "$";
      const name = (short ?? long)!;
      const isGroup = /^[1-9]$/.test(name) && Number(name) <= groups;
      if (!isGroup) isKnown = false;
      return isGroup ? `$${name}` : whole;
    },
  );
  return isKnown ? text : undefined;
}
