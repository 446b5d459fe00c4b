import "../../../support/no_proxy.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Delivery } from "../../../../src/core/notify/status.ts";
import type {
  Receiver,
  ReceiverRequest,
} from "../../../../src/sinks/notify/receiver.ts";
import {
  deliver,
  type DeliverOptions,
} from "../../../../src/sinks/notify/sending/deliver.ts";
import { closedHost, SECRET, serve, serveTcp } from "./servers.ts";
import { LETTERS } from "../../../support/letters.ts";

/** A receiver that sends one request to each URL. */
function receiverOf(
  urls: readonly string[],
  more: Partial<Receiver> = {},
): Receiver {
  return {
    type: "it",
    properties: {},
    needs: () => [],
    secrets: () => [SECRET],
    toRequests: ({ title }) =>
      urls.map((url): ReceiverRequest => ({
        url,
        headers: { "content-type": "text/plain; charset=utf-8" },
        body: title,
      })),
    ...more,
  };
}

/** Delivers a letter, and says what came of it. */
async function delivery(
  receiver: Receiver,
  options: Partial<DeliverOptions> = {},
): Promise<Delivery> {
  return await deliver(LETTERS.down, { receiver, options: {}, say() {} }, {
    signal: new AbortController().signal,
    ...options,
  });
}

/** What a server answers, and what that means. */
const ANSWERS: readonly (readonly [
  status: number,
  headers: Record<string, string>,
  body: string,
  means: Delivery,
])[] = [
  [200, {}, "ok", { ok: true, answer: '200: "ok"' }],
  [200, {}, " \n", { ok: true, answer: "200" }],
  [202, {}, "", { ok: true, answer: "202" }],
  [
    301,
    { location: "/elsewhere?token=abc" },
    "",
    final("expected 2xx, got 301, a redirect to http://HOST/elsewhere"),
  ],
  [
    302,
    { location: "https://me:pw@other.example/x/T0p5ecret/B12" },
    "",
    final(
      "expected 2xx, got 302, a redirect to https://other.example/x/***",
    ),
  ],
  [304, {}, "", final("expected 2xx, got 304, a redirect")],
  [
    307,
    { location: "http://[" },
    "",
    final("expected 2xx, got 307, a redirect"),
  ],
  [
    403,
    {},
    "invalid_token\n<html>",
    final('expected 2xx, got 403: "invalid_token <html>"'),
  ],
  [
    404,
    {},
    `no service ${SECRET} here`,
    final('expected 2xx, got 404: "no service *** here"'),
  ],
  [410, {}, "", final("expected 2xx, got 410")],
  [408, {}, "", again("expected 2xx, got 408")],
  [425, {}, "", again("expected 2xx, got 425")],
  [429, {}, "", again("expected 2xx, got 429")],
  [
    429,
    { "retry-after": "17" },
    "slow down",
    { ...again('expected 2xx, got 429: "slow down"'), retryAfterMs: 17_000 },
  ],
  [
    429,
    { "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" },
    "",
    { ...again("expected 2xx, got 429"), retryAfterMs: 0 },
  ],
  [429, { "retry-after": "soon" }, "", again("expected 2xx, got 429")],
  [500, {}, "oops", {
    ...again('expected 2xx, got 500: "oops"', true),
  }],
  [
    503,
    { "retry-after": "3" },
    "",
    { ...again("expected 2xx, got 503", true), retryAfterMs: 3000 },
  ],
];

/** How a delivery failed. */
type Failed = Extract<Delivery, { readonly ok: false }>;

function again(why: string, mayHaveArrived = false): Failed {
  return { ok: false, why, isFinal: false, mayHaveArrived };
}

function final(why: string): Failed {
  return { ok: false, why, isFinal: true, mayHaveArrived: false };
}

for (const [status, headers, body, means] of ANSWERS) {
  const name = `${status} ${JSON.stringify(headers)} ${JSON.stringify(body)}`;
  Deno.test(`deliver() says what it means that a server answers ${name}`, async () => {
    await using server = serve(() =>
      new Response(status === 304 ? null : body, { status, headers })
    );
    const found = await delivery(receiverOf([server.url]));
    assertEquals(
      JSON.parse(JSON.stringify(found).replaceAll(server.host, "HOST")),
      means,
    );
    assertEquals(server.bodies, [LETTERS.down.title]);
  });
}

Deno.test("deliver() waits until the date of Retry-After", async () => {
  const at = new Date(Date.now() + 60_000).toUTCString();
  await using server = serve(() =>
    new Response("", { status: 503, headers: { "retry-after": at } })
  );
  const found = await delivery(receiverOf([server.url]));
  assert(!found.ok && found.retryAfterMs! > 30_000);
  assert(found.retryAfterMs! <= 60_000);
});

Deno.test("deliver() follows no redirect", async () => {
  await using other = serve(() => new Response());
  await using server = serve(() =>
    new Response("", { status: 307, headers: { location: other.url } })
  );
  await delivery(receiverOf([server.url]));
  assertEquals([server.bodies.length, other.bodies.length], [1, 0]);
});

/** What goes wrong without an answer, and what that means. */
const FAULTS: readonly (readonly [
  name: string,
  fault: () => Disposable & { readonly url: string; readonly host: string },
  why: string,
  mayHaveArrived: boolean,
])[] = [
  [
    "refuses",
    () => {
      const host = closedHost();
      const url = `http://${host}/${SECRET}`;
      return { host, url, [Symbol.dispose]() {} };
    },
    "HOST refused the connection",
    false,
  ],
  [
    "has no address",
    () => ({
      host: "nothing.invalid",
      url: `http://nothing.invalid/${SECRET}`,
      [Symbol.dispose]() {},
    }),
    "cannot resolve HOST",
    false,
  ],
  [
    "closes at once",
    () => serveTcp((connection) => connection.close()),
    "HOST closed the connection without a full answer",
    true,
  ],
  [
    "closes after it has read the request",
    () =>
      serveTcp(async (connection) => {
        await connection.read(new Uint8Array(10_000));
        connection.close();
      }),
    "HOST closed the connection without a full answer",
    true,
  ],
  ["hangs", () => serveTcp(() => {}), "no answer within 0.3s", true],
  [
    "does not speak HTTP",
    () =>
      serveTcp(async (connection) => {
        await connection.read(new Uint8Array(10_000));
        await connection.write(new TextEncoder().encode("SSH-2.0\r\n\r\n"));
      }),
    "HOST: invalid HTTP version parsed",
    true,
  ],
  [
    "does not speak TLS",
    () => {
      const server = serveTcp(async (connection) => {
        await connection.read(new Uint8Array(10_000));
        connection.close();
      });
      const url = server.url.replace("http", "https");
      return { ...server, url, [Symbol.dispose]: server[Symbol.dispose] };
    },
    "the TLS handshake with HOST failed",
    false,
  ],
];

for (const [name, make, why, mayHaveArrived] of FAULTS) {
  Deno.test(`deliver() says what it means that a server ${name}`, async () => {
    using server = make();
    const found = await delivery(receiverOf([server.url]), { deadlineMs: 300 });
    const means = { ok: false, why, isFinal: false, mayHaveArrived };
    assertEquals(
      JSON.parse(JSON.stringify(found).replaceAll(server.host, "HOST")),
      means,
    );
  });
}

Deno.test("deliver() names the flag that is missing", async () => {
  const found = await delivery(receiverOf(["http://192.0.2.1:81/x"]));
  assert(!found.ok && !found.mayHaveArrived && !found.isFinal);
  assertEquals(
    found.why,
    "not allowed by Deno: run with --allow-net=192.0.2.1:81",
  );
});

Deno.test("deliver() gives up for good where fetch never connects", async () => {
  const found = await delivery(receiverOf(["http://127.0.0.1:25/"]));
  assertEquals(
    found,
    final("fetch does not connect to the port of 127.0.0.1:25"),
  );
});

Deno.test("deliver() reads only the beginning of an answer, and not for long", async () => {
  let sent = 0;
  let isCancelled = false;
  await using server = serve(() =>
    new Response(
      new ReadableStream({
        async pull(controller) {
          controller.enqueue(new TextEncoder().encode("x".repeat(1000)));
          sent += 1000;
          await new Promise((resolve) => setTimeout(resolve, 1));
        },
        cancel() {
          isCancelled = true;
        },
      }),
      { status: 400 },
    )
  );
  const found = await delivery(receiverOf([server.url]));
  assert(!found.ok);
  assertMatch(found.why, /^expected 2xx, got 400: "x{79}…"$/);
  while (!isCancelled) await new Promise((resolve) => setTimeout(resolve, 5));
  assert(sent < 1_000_000);
});

Deno.test("deliver() takes the status of an answer whose body never ends", async () => {
  await using server = serve(() =>
    new Response(new ReadableStream({ pull: () => new Promise(() => {}) }))
  );
  assertEquals(await delivery(receiverOf([server.url]), { deadlineMs: 9000 }), {
    ok: true,
    answer: "200",
  });
});

Deno.test("deliver() sends the requests in order, and goes on where it was", async () => {
  await using good = serve(() => new Response());
  await using bad = serve((_, count) =>
    new Response("", { status: count === 1 ? 429 : 200 })
  );
  await using last = serve(() => new Response());
  const receiver = receiverOf([good.url, bad.url, last.url]);
  let taken = 0;
  const onTaken = (count: number) => taken = count;
  const first = await delivery(receiver, { onTaken });
  assertEquals(first, again("expected 2xx, got 429", true));
  assertEquals([taken, last.bodies.length], [1, 0]);
  assertEquals((await delivery(receiver, { taken, onTaken })).ok, true);
  assertEquals(
    [good, bad, last].map(({ bodies }) => bodies.length),
    [1, 2, 1],
  );
  assertEquals(taken, 3);
});

Deno.test("deliver() says which program sends, unless the request does", async () => {
  const seen: (string | null)[] = [];
  await using server = serve(({ headers }) => {
    seen.push(headers.get("user-agent"));
    return new Response();
  });
  const { url } = server;
  await delivery(receiverOf([url]));
  await delivery(receiverOf([], {
    toRequests: () => [{ url, headers: { "User-Agent": "own" }, body: "" }],
  }));
  assertEquals(seen, ["lifesign/0.2.0", "own"]);
  const wrong = await delivery(receiverOf([], {
    toRequests:
      () => [{ url, headers: { a: "\n" + SECRET + "\n€" }, body: "" }],
  }));
  assert(!wrong.ok && !wrong.why.includes(SECRET), JSON.stringify(wrong));
});

Deno.test("deliver() has nothing to do where a receiver is not to be told", async () => {
  assertEquals(await delivery(receiverOf([])), {
    ok: true,
    answer: "nothing to send",
  });
});

Deno.test("deliver() lets a receiver judge, and shows no secret of what it says", async () => {
  await using server = serve(() => new Response("limit", { status: 200 }));
  const receiver = receiverOf([server.url], {
    judge: ({ status, body }) => ({
      ok: false,
      why: `${status} ${body} of ${SECRET}\n`,
      isFinal: false,
      mayHaveArrived: false,
      retryAfterMs: 5,
    }),
  });
  assertEquals(await delivery(receiver), {
    ...again("200 limit of ***"),
    retryAfterMs: 5,
  });
});

Deno.test("deliver() lets a receiver deliver in its own way, until the deadline", async () => {
  await using server = serve(() => new Response("yes", { status: 201 }));
  const own = (run: NonNullable<Receiver["deliver"]>): Receiver =>
    receiverOf([], { deliver: run });
  const request = { url: server.url, headers: {}, body: "own" };
  assertEquals(await delivery(own((_, __, { send }) => send(request))), {
    ok: true,
    answer: '201: "yes"',
  });
  assertEquals(server.bodies, ["own"]);
  const hanging = own(() => new Promise(() => {}));
  assertEquals(
    await delivery(hanging, { deadlineMs: 20 }),
    again("no answer within 0.02s", true),
  );
  assertEquals(
    await delivery({ ...hanging, deadlineMs: 30 }),
    again("no answer within 0.03s", true),
  );
  const failed = again("too late for the greeting");
  const knowing = own((_, __, { signal }) =>
    new Promise((resolve) =>
      signal.addEventListener("abort", () => resolve(failed))
    )
  );
  assertEquals(await delivery(knowing, { deadlineMs: 20 }), failed);
  const throwing = own(() => Promise.reject(new Error(`no ${SECRET}`)));
  assertEquals(await delivery(throwing), again("Error: no ***", true));
  const wrong = receiverOf([], {
    toRequests() {
      throw new TypeError("oops");
    },
  });
  assertEquals((await delivery(wrong)).ok, false);
});

Deno.test("deliver() ends when its signal aborts", async () => {
  using server = serveTcp(() => {});
  const ending = new AbortController();
  const delivered = delivery(receiverOf([server.url]), {
    signal: ending.signal,
  });
  setTimeout(() => ending.abort(), 50);
  assertEquals(
    await delivered,
    again("ended before there was an answer", true),
  );
});
