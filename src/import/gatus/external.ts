import { durationText, readDuration } from "../duration_text.ts";
import type { Node } from "../node.ts";
import type { Fields } from "./endpoint.ts";
import { parseDuration } from "./go_values.ts";

/** The keys of a check of an endpoint whose results are pushed to Gatus. */
export function externalFields(
  node: Node,
  notes: Set<string>,
): Fields | undefined {
  const token = node.get("token").words("a token");
  const everyMs = readDuration(
    node.get("heartbeat").get("interval"),
    parseDuration,
    "1h30m",
  );
  if (token === undefined || token.text === "" && token.parts === undefined) {
    node.get("token").expected("a token");
    return undefined;
  }
  if (!everyMs) {
    node.warn(
      "not imported: it has no heartbeat, and so no time in which a result is missed",
    );
    return undefined;
  }
  notes.add(
    "Jobs that push results to Gatus have to ping /ping/ID here, with the same token",
  );
  return {
    type: "heartbeat",
    every: durationText(everyMs),
    token: token.template,
  };
}
