import { obedientServer } from "../support/faults.ts";
import { closedPort, pem } from "../support/servers.ts";
import type { Targets } from "./suite.ts";

const faults = new URL("../support/tls/faults/", import.meta.url);
const read = (name: string): string =>
  Deno.readTextFileSync(new URL(name, faults));

/** Starts everything that the suite asks. */
export async function startTargets(): Promise<Targets & AsyncDisposable> {
  await using opening = new AsyncDisposableStack();
  const web = opening.use(serve(webServer()));
  const obedient = opening.use(await obedientServer());
  const withCertificate = (cert: string, key = read("leaf.key")): number =>
    opening.use(serve(() => new Response("up"), { cert, key })).addr.port;
  const targets = {
    web: web.addr.port,
    obedient: obedient.port,
    refused: closedPort(),
    trusted: withCertificate(pem.cert, pem.key),
    expired: withCertificate(read("expired.pem")),
    misnamed: withCertificate(read("names.pem")),
    selfSigned: withCertificate(read("self.pem")),
  };
  const targetsEnd = opening.move();
  return {
    ...targets,
    [Symbol.asyncDispose]: () => targetsEnd.disposeAsync(),
  };
}

/** The authorities that issued the certificates, which the runtimes trust. */
export const AUTHORITIES: string = pem.ca + read("root.pem");

function serve(
  handler: Deno.ServeHandler<Deno.NetAddr>,
  tls: { cert: string; key: string } | Record<never, never> = {},
): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {}, ...tls },
    handler,
  );
}

/** Answers by the path. */
function webServer(): Deno.ServeHandler<Deno.NetAddr> {
  /** The connections that asked for `/first`. */
  const seen = new Set<number>();
  const moved = (location: string): Response =>
    new Response(null, { status: 302, headers: { location } });
  return async (request, { remoteAddr }) => {
    switch (new URL(request.url).pathname) {
      case "/down":
        return new Response("down", { status: 503 });
      case "/json":
        return Response.json({ db: { up: true } });
      case "/health":
        return Response.json({ status: "warn", output: "disk is full" });
      case "/moved":
        return moved("/up");
      case "/moved-down":
        return moved("/down");
      case "/loop":
        return moved("/loop");
      case "/ftp":
        return moved("ftp://127.0.0.1/");
      case "/gzip":
        return new Response(
          new Response("up").body!.pipeThrough(new CompressionStream("gzip")),
          { headers: { "content-encoding": "gzip" } },
        );
      case "/not-gzip":
        return new Response("up", { headers: { "content-encoding": "gzip" } });
      case "/echo":
        return new Response(`${request.method} ${await request.text()}`);
      case "/agent":
        return new Response(request.headers.get("user-agent"));
      case "/host":
        return new Response(request.headers.get("host"));
      case "/first": {
        const isFirst = !seen.has(remoteAddr.port);
        seen.add(remoteAddr.port);
        return new Response(null, { status: isFirst ? 200 : 503 });
      }
      default:
        return new Response("up");
    }
  };
}
