import { escaped } from "../escape.ts";
import type { Node } from "../node.ts";
import {
  type Fields,
  hostPort,
  onlyKnown,
  type Target,
  tlsFields,
} from "./target.ts";

const RECORDS =
  "not imported: it is about whole records; use expect, expect_any or not";

/** The keys of a check by a module for DNS. */
export function dnsFields(options: Node, target: Target): Fields | undefined {
  const { node, notes } = target;
  const place = hostPort(target.target);
  if (place === undefined) {
    node.warn(`not imported: ${target.target} is no name server`);
    return undefined;
  }
  onlyKnown(options, {
    preferred_ip_protocol: true,
    ip_protocol_fallback: true,
    dns_over_tls: true,
    tls_config: true,
    transport_protocol: true,
    query_name: true,
    query_type: true,
    valid_rcodes: true,
    query_class: "not imported: the class is IN",
    source_ip_address: "not imported: the system chooses the address",
    recursion_desired: "not imported: recursion is desired",
    validate_answer_rrs: RECORDS,
    validate_authority_rrs: RECORDS,
    validate_additional_rrs: RECORDS,
  });
  const name = options.get("query_name").words();
  if (name === undefined) return options.get("query_name").expected("a name");
  const type = options.get("query_type").text() || "ANY";
  if (type === "ANY") {
    options.get("query_type").warn(
      "there are no checks by ANY, the default: set another type",
    );
    return undefined;
  }
  const [rcode, ...others] = options.get("valid_rcodes").items(
    "a list of codes",
  )
    .map((item) => item.text() ?? "");
  if (others.length > 0) {
    options.get("valid_rcodes").warn(`only ${rcode} passes here`);
  }
  const isTls = options.get("dns_over_tls").boolean();
  const transport = isTls ? "tls" : options.get("transport_protocol").text();
  notes.add(
    "blackbox_exporter passes an answer of DNS without records; here it fails",
  );
  return {
    type: "dns",
    name: name.template,
    record: escaped(type),
    server: escaped(place.host),
    port: place.port,
    ...(transport !== undefined && transport !== "udp" &&
      { transport: escaped(transport) }),
    ...(rcode !== undefined && rcode !== "NOERROR" &&
      { rcode: escaped(rcode) }),
    ...(isTls && tlsFields(options.get("tls_config"))),
  };
}
