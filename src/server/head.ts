/** What Hono knows of a request, as far as it matters here. */
interface Exchange {
  readonly req: { raw: Request };
  res: Response;
}

/**
 * Answers HEAD with the headers of GET, `content-length` included. Without it, a
 * server takes the length of the empty body.
 */
export async function headAsGet(
  c: Exchange,
  next: () => Promise<void>,
): Promise<void> {
  const request = c.req.raw;
  if (request.method !== "HEAD") return await next();
  // Compression, for example, leaves HEAD alone. Deno warns of the signal, which
  // a copy of the request would use.
  c.req.raw = new Request(request.url, { headers: request.headers });
  await next();
  c.req.raw = request;
  const { body, headers } = c.res;
  if (hasUnknownLength(headers)) {
    await body?.cancel();
    c.res = new Response(null, c.res);
    return;
  }
  const { byteLength } = await c.res.arrayBuffer();
  c.res = new Response(null, c.res);
  c.res.headers.set("content-length", `${byteLength}`);
}

/** Whether a body is sent while it is made. */
function hasUnknownLength(headers: Headers): boolean {
  return headers.has("content-encoding") ||
    headers.get("content-type") === "text/event-stream";
}

/**
 * Keeps Deno from adding `content-length: 0` to an answer to HEAD that names no
 * length, which is wrong if GET is answered with a body of unknown length. It
 * takes the answer of the whole app, because Hono removes bodies from answers to
 * HEAD.
 */
export function withoutLength(response: Response): Response {
  return response.headers.has("content-length")
    ? response
    : new Response(new ReadableStream(), response);
}
