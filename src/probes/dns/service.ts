import { Malformed, type Reader } from "./reader.ts";
import type { Field } from "./field.ts";
import { canonicalIpv6 } from "./names.ts";

/** The names of the parameters of a service (RFC 9460, section 14.3.2). */
const KEYS = [
  "mandatory",
  "alpn",
  "no-default-alpn",
  "port",
  "ipv4hint",
  "ech",
  "ipv6hint",
  "dohpath",
];

const decoder = new TextDecoder();

/** The parameters of a service, such as `alpn=h2,h3 port=8443`. */
export const PARAMETERS: Field = {
  read(data) {
    const parameters: string[] = [];
    while (data.left > 0) {
      const key = data.u16();
      const name = KEYS[key] ?? `key${key}`;
      const end = data.end;
      const length = data.u16();
      if (length > data.left) throw new Malformed("it ends too early");
      data.end = data.offset + length;
      const value = readValue(name, data);
      if (data.left > 0) throw new Malformed("a parameter is too long");
      data.end = end;
      parameters.push(value === "" ? name : `${name}=${value}`);
    }
    return parameters.join(" ");
  },
  canonical: (text) => text.replaceAll('"', "").replaceAll(/\s+/g, " "),
};

function readValue(name: string, data: Reader): string {
  const list = (read: () => string): string => {
    const values: string[] = [];
    while (data.left > 0) values.push(read());
    return values.join(",");
  };
  switch (name) {
    case "mandatory":
      return list(() => {
        const key = data.u16();
        return KEYS[key] ?? `key${key}`;
      });
    case "alpn":
      return list(() => decoder.decode(data.string()));
    case "port":
      return String(data.u16());
    case "ipv4hint":
      return list(() => data.bytes(4).join("."));
    case "ipv6hint":
      return list(() => {
        const groups = Array.from(Array(8), () => data.u16().toString(16));
        return canonicalIpv6(groups.join(":"))!;
      });
    case "ech":
      return btoa(String.fromCharCode(...data.bytes()));
    default:
      return decoder.decode(data.bytes());
  }
}
