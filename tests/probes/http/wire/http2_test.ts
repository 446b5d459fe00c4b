import type { Socket } from "node:net";
import tls from "node:tls";
import type { TLSSocket } from "node:tls";
import { http } from "../../../../src/probes/http/http.ts";
import type { ReasonCode } from "../../../../src/core/types.ts";
import { givenTime } from "../../../support/busy.ts";
import {
  assertOutcome,
  assertPass,
  patient,
} from "../../../support/outcomes.ts";
import { pem } from "../../../support/servers.ts";
import { closing } from "../../connection/relay.ts";

/** A frame (RFC 9113, section 4.1) of the stream with a number. */
function frame(
  type: number,
  flags: number,
  stream: number,
  payload: readonly number[] = [],
): number[] {
  return [0, 0, payload.length, type, flags, 0, 0, 0, stream, ...payload];
}

const SETTINGS = frame(4, 0, 0);
/** `:status: 200`, and whether the stream ends. */
const HEADERS = frame(1, 4, 1, [0x88]);
const HELLO = [104, 101, 108, 108, 111];
const LAST_DATA = frame(0, 1, 1, HELLO);

/** A server that sends bytes over HTTP/2, and may end or reset the connection. */
async function serving(
  bytes: readonly number[],
  then: "stays" | "ends" | "resets",
): Promise<AsyncDisposable & { readonly url: string }> {
  const sockets = new Set<TLSSocket>();
  const server = tls.createServer(
    { cert: pem.cert, key: pem.key, ALPNProtocols: ["h2"] },
    (socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.once("data", () => {
        socket.write(Uint8Array.from(bytes));
        if (then === "ends") socket.end();
        if (then === "resets") raw.resetAndDestroy();
      });
    },
  );
  let raw: Socket;
  server.on("connection", (socket: Socket) => raw = socket);
  const place = await closing(server);
  return {
    url: `https://127.0.0.1:${place.port}/`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await place[Symbol.asyncDispose]();
    },
  };
}

const options = { ca: pem.ca, matches: "hello" };

Deno.test("http() asks a server at an address that speaks only HTTP/2", async () => {
  await using server = await serving(
    [...SETTINGS, ...HEADERS, ...LAST_DATA],
    "stays",
  );
  assertPass(await http(server.url, options)(patient()), { httpStatus: 200 });
});

const ENDED: Readonly<Record<string, readonly number[]>> = {
  "garbage": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  "a frame that is too large": [255, 255, 255, 0, 0, 0, 0, 0, 1],
  "headers that are none": [...SETTINGS, ...frame(1, 4, 1, [0xff, 0xff, 0xff])],
  "headers without a status": [...SETTINGS, ...frame(1, 4, 1, [])],
  "a reset of the stream": [
    ...SETTINGS,
    ...HEADERS,
    ...frame(3, 0, 1, [0, 0, 0, 2]),
  ],
  "a farewell": [...SETTINGS, ...frame(7, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1])],
};

for (const [what, bytes] of Object.entries(ENDED)) {
  Deno.test(`http() blames a server that sends ${what} over HTTP/2`, async () => {
    await using server = await serving(bytes, "ends");
    assertOutcome(
      await http(server.url, options)(patient()),
      ["fail", "protocol"],
      /:\d+ did not answer over HTTP\/2: /,
    );
  });
}

const GOODBYE = frame(7, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
const LATER_GOODBYE = frame(7, 0, 0, [0, 0, 0, 1, 0, 0, 0, 0]);
const HALF = [...SETTINGS, ...HEADERS, ...frame(0, 0, 1, HELLO.slice(0, 2))];

/** What comes before the end, how that comes, and whether there was a head. */
const HUNG_UP: Readonly<
  Record<
    string,
    readonly [readonly number[], Parameters<typeof serving>[1], boolean]
  >
> = {
  "at once": [[], "ends", false],
  "after settings": [SETTINGS, "ends", false],
  "after a head": [[...SETTINGS, ...HEADERS], "ends", true],
  "in a body": [HALF, "ends", true],
  "in a body by a reset": [HALF, "resets", true],
  "in a body with a goodbye": [[...HALF, ...LATER_GOODBYE], "ends", true],
  "in a body by a goodbye alone": [[...HALF, ...GOODBYE], "stays", true],
  "by a goodbye instead of an answer": [
    [...SETTINGS, ...GOODBYE],
    "stays",
    false,
  ],
};

for (const [when, [bytes, then, hasHead]] of Object.entries(HUNG_UP)) {
  Deno.test(`http() blames a server that ends a connection over HTTP/2 ${when}`, async () => {
    await using server = await serving(bytes, then);
    assertOutcome(
      await http(server.url, options)(patient()),
      ["fail", "reset"],
      `${new URL(server.url).host} closed the connection without ${
        hasHead ? "a full answer" : "an answer"
      }`,
    );
  });
}

Deno.test("http() takes an answer over HTTP/2 with which the connection ends", async () => {
  const bytes = [...SETTINGS, ...HEADERS, ...LAST_DATA];
  for (const goodbye of [[], LATER_GOODBYE]) {
    await using server = await serving([...bytes, ...goodbye], "ends");
    assertPass(await http(server.url, options)(patient()), { httpStatus: 200 });
  }
});

const SILENT: readonly [string, readonly number[], string, ReasonCode][] = [
  ["settings", SETTINGS, "waiting for the response", "timeout"],
  ["a head", [...SETTINGS, ...HEADERS], "reading the body", "timeout"],
];

for (const [what, bytes, stage, code] of SILENT) {
  Deno.test(`http() ends at its deadline after ${what} over HTTP/2`, async () => {
    await using server = await serving(bytes, "stays");
    const message = `Timed out while ${stage}`;
    const outcome = await givenTime(
      (ms) => http(server.url, options)(AbortSignal.timeout(ms)),
      ({ reason }) => reason?.message === message,
    );
    assertOutcome(outcome, ["fail", code], message);
  });
}
