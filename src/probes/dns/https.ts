import { authority } from "../address.ts";
import { failure } from "../failure.ts";
import { excerpt } from "../../core/text.ts";
import type { HttpAnswer, Transport } from "../http/transport.ts";
import type { Asker } from "./ask.ts";
import { readAnswer } from "./message.ts";
import { Malformed } from "./reader.ts";
import { noAnswer } from "./stream.ts";

const MEDIA_TYPE = "application/dns-message";

/** The longest message. */
const MAX_BYTES = 65535;

/** Whether HTTP/2 is loaded, which most servers speak. */
let isLoaded = false;

async function load(transport: Transport, signal: AbortSignal): Promise<void> {
  await import("node:http2");
  isLoaded = true;
  await transport.prepare(signal);
}

/** Makes a way to ask over HTTPS (RFC 8484). */
export function httpsAsker(url: URL, transport: Transport): Asker {
  const hostname = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const peer = authority({ hostname, port: Number(url.port || 443) });
  const headers = {
    "user-agent": "lifesign",
    "accept": MEDIA_TYPE,
    "content-type": MEDIA_TYPE,
  };
  return {
    prepare(signal) {
      return isLoaded ? transport.prepare(signal) : load(transport, signal);
    },
    async ask(query, signal) {
      const http = await transport.ask(url.href, {
        method: "POST",
        headers,
        body: query.bytes,
        redirect: "manual",
      }, signal);
      try {
        mustBeMessage(http, url);
        const bytes = await http.readBody(MAX_BYTES);
        return { answer: readAnswer(bytes, query), lifetime: http.lifetime };
      } catch (thrown) {
        throw thrown instanceof Malformed
          ? noAnswer(peer, thrown.message)
          : thrown;
      } finally {
        await http.close();
      }
    },
  };
}

function mustBeMessage({ status, headers }: HttpAnswer, url: URL): void {
  if (status !== 200) {
    throw failure("status", `Expected status 200 of ${url}, got ${status}`);
  }
  const type = headers.get("content-type") ?? "";
  if (type.split(";")[0]!.trim().toLowerCase() !== MEDIA_TYPE) {
    throw failure(
      "protocol",
      `Expected ${MEDIA_TYPE} of ${url}, got ${
        type === "" ? "no content type" : excerpt(type)
      }`,
    );
  }
}
