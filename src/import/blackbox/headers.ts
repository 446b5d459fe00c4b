import { escaped } from "../escape.ts";
import type { Node } from "../node.ts";

/**
 * The headers of a client, with those of its credentials; nothing if some are
 * in files that are not here.
 */
export function headersOf(
  client: Node,
  plain: Node,
): Record<string, string> | undefined {
  const basic = client.get("basic_auth");
  const authorization = client.get("authorization");
  const own = client.get("http_headers");
  const names = own.keys("a map of headers");
  const file = [
    basic.get("password_file"),
    basic.get("username_file"),
    authorization.get("credentials_file"),
    ...names.map((name) => own.get(name).get("files")),
  ].find((node) => node.exists);
  if (file !== undefined) {
    file.warn("not supported: there are no checks by it; set headers");
    return undefined;
  }
  const headers: Record<string, string> = {};
  for (const name of plain.keys("a map of headers")) {
    headers[name] = valueOf(plain.get(name));
  }
  for (const name of names) headers[name] = valueOf(own.get(name));
  const bearer = authorization.get("credentials").text() ??
    client.get("bearer_token").text();
  if (basic.exists) {
    const text = [basic.get("username"), basic.get("password")]
      .map((part) => part.text() ?? "").join(":");
    headers["Authorization"] = `Basic ${
      new TextEncoder().encode(text).toBase64()
    }`;
  } else if (bearer !== undefined) {
    const type = authorization.get("type").text() || "Bearer";
    headers["Authorization"] = escaped(`${type} ${bearer}`);
  }
  return headers;
}

/** The value of a header, or its values, which are joined by commas. */
function valueOf(node: Node): string {
  if (!node.isMap && !node.isList) return node.words()?.template ?? "";
  const lists = node.isList
    ? [node]
    : [node.get("values"), node.get("secrets")];
  return lists.flatMap((list) => list.items())
    .map((value) => value.words()?.template ?? "").join(", ");
}
