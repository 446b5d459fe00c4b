import { oneLine } from "../../../core/text.ts";
import { failure } from "../../failure.ts";
import { type Head, valuesOf } from "./head.ts";

/** How the end of a body is found. */
export type BodyEnd =
  | { readonly type: "none" }
  | { readonly type: "length"; readonly length: number }
  | { readonly type: "chunks" }
  | { readonly type: "close" };

/**
 * How a body ends (RFC 9112, section 6.3).
 *
 * @throws {Failure} If the response contradicts itself.
 */
export function bodyEndOf(head: Head, method: string, peer: string): BodyEnd {
  const { status } = head;
  if (method === "HEAD" || status < 200 || status === 204 || status === 304) {
    return { type: "none" };
  }
  const transfer = valuesOf(head, "transfer-encoding").join(",").toLowerCase();
  if (/(?:^|,)\s*chunked\s*$/.test(transfer)) return { type: "chunks" };
  if (transfer !== "" && transfer !== "identity") return { type: "close" };
  const lengths = new Set(
    valuesOf(head, "content-length").flatMap((value) =>
      value.split(",").map((each) => each.trim())
    ),
  );
  if (lengths.size === 0) return { type: "close" };
  const [length = ""] = lengths;
  if (lengths.size > 1 || !/^\+?\d{1,15}$/.test(length)) {
    throw failure(
      "protocol",
      `Expected one length of the body from ${peer}, got ${
        oneLine([...lengths].join(" and "), 80) || '""'
      }`,
    );
  }
  return { type: "length", length: Number(length) };
}
