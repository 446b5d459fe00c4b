import type { NotificationLog } from "../../core/notify/status.ts";
import { refTo } from "../openapi/parts.ts";
import type { Route } from "../route.ts";
import { toNotifierJson } from "./json.ts";

/** The path that shows how the notifiers do, if there are any. */
export function notificationRoutes(
  notifications: NotificationLog | undefined,
): readonly Route[] {
  if (notifications === undefined) return [];
  return [{
    path: "/notifications",
    operation: {
      path: "/notifications",
      operationId: "listNotifiers",
      summary: "How the notifiers do: what waits, failed or was given up",
      responses: {
        200: {
          description: "Each notifier, in the order of the config file",
          content: {
            "application/json": {
              schema: { type: "array", items: refTo("Notifier") },
            },
          },
        },
      },
    },
    isStatic: true,
    handle: (c) => c.json(notifications.list().map(toNotifierJson)),
  }];
}
