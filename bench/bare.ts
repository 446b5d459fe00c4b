/** The attempts that a fleet is compared with. */

import { createSocket } from "node:dgram";
import https from "node:https";
import nodeTls from "node:tls";
import packet from "dns-packet";
import { host, type Task } from "./task.ts";

/** The same attempts, as one writes them without us. */
export function bareAttempts(
  { kind, ports, ca }: Task,
): (i: number) => Promise<void> {
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  switch (kind) {
    case "http":
      return async (i) => {
        const signal = AbortSignal.timeout(5000);
        const response = await fetch(`http://${host(i)}:${ports.http}/`, {
          client,
          signal,
        });
        await response.text();
        if (!response.ok) throw new Error(String(response.status));
      };
    case "https":
      return async (i) => {
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        https.get({
          host: host(i),
          port: ports.https,
          servername: "lifesign.test",
          ca,
          agent: false,
          signal: AbortSignal.timeout(5000),
        }, (response) => {
          response.resume();
          response.on("end", () => resolve());
        }).on("error", reject);
        await promise;
      };
    case "tls":
      return async (i) => {
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        const socket = nodeTls.connect({
          host: host(i),
          port: ports.https,
          servername: "lifesign.test",
          ca,
          // Otherwise a certificate that is not trusted cannot be read.
          rejectUnauthorized: false,
        }, resolve).on("error", reject);
        const late = setTimeout(() => reject(new Error("late")), 5000);
        try {
          await promise;
          const { valid_to } = socket.getPeerCertificate();
          if (!socket.authorized || Date.parse(valid_to) < Date.now()) {
            throw new Error("not trusted");
          }
        } finally {
          clearTimeout(late);
          socket.destroy();
        }
      };
    case "grpc":
    case "grpcs": {
      const origin = (i: number): string =>
        kind === "grpc"
          ? `http://${host(i)}:${ports.grpc}`
          : `https://127.0.0.1:${ports.grpcs}`;
      return async (i) => {
        // With one for all attempts, TLS is resumed, and verifies nothing.
        using client = Deno.createHttpClient({
          caCerts: [ca],
          http1: false,
          localAddress: host(i),
        });
        const response = await fetch(
          `${origin(i)}/grpc.health.v1.Health/Check`,
          {
            method: "POST",
            client,
            headers: { "content-type": "application/grpc", te: "trailers" },
            body: new Uint8Array(5),
            signal: AbortSignal.timeout(5000),
          },
        );
        const message = new Uint8Array(await response.arrayBuffer());
        if (message.slice(5).join() !== "8,1") throw new Error("not serving");
      };
    }
    case "tcp":
      return async (i) => {
        const signal = AbortSignal.timeout(5000);
        (await Deno.connect({ hostname: host(i), port: ports.http, signal }))
          .close();
      };
    case "command":
      return async () => {
        const { success } = await new Deno.Command("sh", {
          args: ["-c", "exit 0"],
          signal: AbortSignal.timeout(5000),
        }).output();
        if (!success) throw new Error("not 0");
      };
    case "dns":
      return async () => {
        const { promise, resolve, reject } = Promise.withResolvers<
          Uint8Array
        >();
        const socket = createSocket("udp4");
        const timer = setTimeout(() => reject(new Error("timeout")), 5000);
        socket.on("message", resolve);
        socket.on("error", reject);
        const id = Math.floor(Math.random() * 65536);
        socket.send(
          packet.encode({
            type: "query",
            id,
            flags: packet.RECURSION_DESIRED,
            questions: [{ type: "A", name: "shop.test" }],
          }),
          ports.http,
          "127.0.0.1",
        );
        try {
          const answer = packet.decode(await promise);
          if (answer.id !== id || answer.answers[0].data !== "10.0.0.7") {
            throw new Error("another answer");
          }
        } finally {
          clearTimeout(timer);
          socket.close();
        }
      };
  }
}
