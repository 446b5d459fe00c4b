/**
 * Makes the one attempt that its argument tells of, and prints what came of
 * it. A line on stdin is the deadline.
 *
 * @module
 */

import { command } from "../../src/probes/command/command.ts";
import { http } from "../../src/probes/http/http.ts";
import { ping } from "../../src/probes/ping/ping.ts";
import { probe } from "../../src/probes/probe.ts";
import { tcp } from "../../src/probes/tcp/tcp.ts";
import { tls } from "../../src/probes/tls/tls.ts";
import { udp } from "../../src/probes/udp/udp.ts";

const makers = {
  tcp,
  http,
  command,
  ping,
  tls,
  udp,
  /** What the runtime does by itself, to compare with. */
  fetch: (url: string) =>
    probe(async (signal) => {
      const response = await fetch(url, { signal });
      await response.body?.cancel();
      return { verdict: "pass", detail: { httpStatus: response.status } };
    }),
};

const { type, args } = JSON.parse(Deno.args[0]!);
const make: (...args: never[]) => ReturnType<typeof probe> =
  makers[type as keyof typeof makers];
const attempt = make(...args as never[]);
const controller = new AbortController();
const expire = (): void =>
  controller.abort(
    new DOMException("The deadline has passed", "TimeoutError"),
  );
const timer = setTimeout(expire, 20_000);
// A read of stdin that is pending would keep the process alive.
const stdin = Deno.stdin.readable.getReader();
stdin.read().then(({ value }) => {
  if (value !== undefined) expire();
}, () => {});
const outcome = await attempt(controller.signal);
clearTimeout(timer);
await stdin.cancel();
console.log(JSON.stringify(outcome));
