import { assert, assertEquals } from "@std/assert";
import type { Letter } from "../../../../src/sinks/notify/receiver.ts";
import {
  webhook,
  type WebhookOptions,
} from "../../../../src/sinks/notify/receivers/webhook.ts";
import { deliver } from "../../../support/receive.ts";
import { type Asked, httpServer } from "../../../support/servers.ts";

/** The requests that a server gets of a letter. */
export async function askedOf(
  letter: Letter,
  options: Partial<WebhookOptions> = {},
): Promise<readonly Asked[]> {
  await using server = httpServer(() => new Response(null, { status: 204 }));
  const url = `http://${server.authority}/hook?x=1`;
  const delivery = await deliver(webhook, letter, { url, ...options });
  assert(delivery.ok, JSON.stringify(delivery));
  return server.asked;
}

/** The body of the only request. */
export async function bodyOf(
  letter: Letter,
  options: Partial<WebhookOptions> = {},
  // deno-lint-ignore no-explicit-any
): Promise<any> {
  const asked = await askedOf(letter, options);
  assertEquals(asked.length, 1);
  return JSON.parse(asked[0]!.body);
}
