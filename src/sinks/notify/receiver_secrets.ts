import { Secrets } from "../../core/secrets.ts";
import type { Receiver } from "./receiver.ts";

/** What takes the secrets in a receiver's options out of a text. */
export function redactorOf(
  receiver: Receiver,
  options: Readonly<Record<string, unknown>>,
): (text: string) => string {
  const secrets = new Secrets(
    receiver.secrets(options).map((secret) => [secret, "***"]),
  );
  return (text) => secrets.redact(text);
}
