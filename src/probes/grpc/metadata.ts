import { OptionError } from "../../core/option_error.ts";
import type { Field } from "./http2/hpack.ts";

/** What gRPC or HTTP/2 sends itself, or does not have. */
const RESERVED =
  /^(?:grpc-.*|content-type|content-length|te|host|connection|keep-alive|proxy-connection|transfer-encoding|upgrade)$/;

/**
 * Makes headers of metadata.
 *
 * @throws {OptionError} If a name or a value is not valid.
 */
export function metadataFields(
  metadata: Readonly<Record<string, string>>,
): Field[] {
  const fields: Field[] = [["user-agent", "lifesign"]];
  for (const [given, value] of Object.entries(metadata)) {
    const name = given.toLowerCase();
    if (!/^[\w.-]+$/.test(name) || RESERVED.test(name)) {
      throw new OptionError(
        "metadata",
        `expected the name of a custom header, got ${JSON.stringify(given)}`,
      );
    }
    // The value may be secret, and is not shown.
    if (!/^[ -~]*$/.test(value)) {
      throw new OptionError(
        "metadata",
        `expected printable ASCII as the value of ${name}`,
      );
    }
    if (name.endsWith("-bin") && !/^[\w+/]*={0,2}$/.test(value)) {
      throw new OptionError(
        "metadata",
        `expected base64 as the value of ${name}`,
      );
    }
    if (name === "user-agent") fields.shift();
    fields.push([name, value]);
  }
  return fields;
}

/** The header that tells a server how long the client will wait. */
export function timeoutField(ms: number): Field {
  // Eight digits at most.
  const isLong = ms >= 1e8;
  const count = Math.max(1, Math.floor(isLong ? ms / 1000 : ms));
  return ["grpc-timeout", `${count}${isLong ? "S" : "m"}`];
}
