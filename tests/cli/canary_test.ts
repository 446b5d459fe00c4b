import { assert, assertEquals } from "@std/assert";
import { startScript, temporaryFile } from "../support/program.ts";

const CANARY = "canary-8152-";

/** The variables of the file: the first four are likely secret. */
const ENV = {
  LIFESIGN_A_TOKEN: `${CANARY}a`,
  LIFESIGN_B: `${CANARY}b`,
  LIFESIGN_C: `${CANARY}c`,
  LIFESIGN_D: `postgres://me:${CANARY}d@db/shop`,
  LIFESIGN_HOST: "127.0.0.1",
} as const;

/** Checks that have secrets in all places, as literal values and by variables. */
function configOf(at: string, history: string): string {
  return `
listen: 127.0.0.1:0
token: ${CANARY}token
history: ${history}
defaults: { interval: 200ms, retries: 1, backoff: false }
checks:
  header: { type: http, url: "http://${at}/", headers: { authorization: "Bearer ${CANARY}header" } }
  key: { type: http, url: "http://${at}/", status: 500, contains: no, headers: { x-api-key: ${CANARY}key } }
  plain-header: { type: http, url: "http://${at}/", status: 500, contains: no, headers: { x-plain: "\${LIFESIGN_B}" } }
  variable: { type: http, url: "http://${at}/\${LIFESIGN_A_TOKEN}", status: 500, contains: no }
  query: { type: http, url: "http://${at}/?token=${CANARY}query", status: 500, contains: no }
  user: { type: http, url: "http://user:${CANARY}user@${at}/", status: 500, matches: "^$" }
  variable-user: { type: http, url: "http://user:\${LIFESIGN_B}@${at}/", status: 500, matches: "^$" }
  body: { type: http, url: "http://${at}/", method: POST, body: "\${LIFESIGN_B}", status: 500, contains: no }
  json: { type: http, url: "http://${at}/", status: 500, json: { "0.1": "\${LIFESIGN_A_TOKEN}" } }
  response: { type: http, url: "http://${at}/", status: 500, response_headers: { x-none: "\${LIFESIGN_A_TOKEN}" } }
  env: { type: command, command: "echo $PASSWORD $OTHER; exit 1", env: { PASSWORD: ${CANARY}env, OTHER: "\${LIFESIGN_C}" } }
  line: { type: command, command: "echo \${LIFESIGN_A_TOKEN} >&2; exit 2" }
  url: { type: command, command: "echo '\${LIFESIGN_D}' >&2; exit 2" }
  detail: { type: command, command: 'echo "BAD | $PASSWORD=1"; exit 2', exit: nagios, env: { PASSWORD: ${CANARY}label } }
  send: { type: tcp, host: "\${LIFESIGN_HOST}", port: ${
    at.split(":")[1]
  }, send: "\${LIFESIGN_B} HTTP/1.0\\r\\n\\r\\n", expect: no-such-answer }
  refused: { type: http, url: "http://user:${CANARY}gone@127.0.0.1:1024/\${LIFESIGN_A_TOKEN}" }
`;
}

const COUNT = 16;

/** The first part of a stream that does not end. */
async function beginningOf(url: URL, headers: HeadersInit): Promise<string> {
  const end = new AbortController();
  const response = await fetch(url, { headers, signal: end.signal });
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of response.body!) {
    text += decoder.decode(bytes, { stream: true });
    if (text.split("\n\n").length > COUNT) break;
  }
  end.abort();
  return text;
}

/**
 * What lifesign itself tells a collector. Deno has spans of its own for each
 * request that it makes, with the whole URL.
 */
function ownPart(
  { resourceSpans, ...others }: {
    readonly resourceSpans?: readonly {
      readonly scopeSpans: readonly {
        readonly scope: { readonly name: string };
      }[];
    }[];
  },
): string {
  const spans = resourceSpans?.flatMap(({ scopeSpans }) =>
    scopeSpans.filter(({ scope }) => scope.name === "lifesign")
  );
  return JSON.stringify({ spans, ...others });
}

for (const format of ["text", "json"]) {
  Deno.test(`no secret of a file comes out of the agent anywhere, with --log ${format}`, async () => {
    let seen = "";
    // A target that repeats what it is sent.
    await using echo = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      onListen() {},
    }, async (request) =>
      new Response(
        // An excerpt in a message has only the beginning of it.
        await request.text() +
          ["authorization", "x-api-key", "x-plain"]
            .map((name) => request.headers.get(name) ?? "").join("") +
          request.url,
        { status: 500, headers: { location: request.url } },
      ));
    await using collector = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      onListen() {},
    }, async (request) => {
      seen += ownPart(await request.json());
      return Response.json({});
    });
    const folder = await Deno.makeTempDir({ dir: "/tmp" });
    const history = `${folder}/lifesign.db`;
    await using file = await temporaryFile(
      configOf(`127.0.0.1:${echo.addr.port}`, history),
    );
    await using agent = startScript("src/cli/main.ts", {
      flags: [
        "--allow-net",
        "--allow-read",
        "--allow-write=/tmp",
        "--allow-run",
        "--allow-env",
      ],
      args: ["run", "--log", format, file.path],
      env: {
        ...ENV,
        OTEL_DENO: "true",
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.addr.port}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      },
    });
    const line = await agent.line("stderr", /listening on|"url":/);
    const url = /http:\/\/[\d.:]+\//.exec(line)![0];
    const ids = new Set<string>();
    while (ids.size < COUNT) {
      const line = await agent.line("stdout", /unhealthy/);
      ids.add(format === "json" ? JSON.parse(line).id : line.split(" ")[1]!);
    }
    const headers = { authorization: `Bearer ${CANARY}token` };
    const paths = ["", "checks", "health", "metrics", "readyz?verbose", "nope"];
    for (const path of [...paths, ...[...ids].map((id) => `checks/${id}`)]) {
      const response = await fetch(new URL(path, url), { headers });
      seen += JSON.stringify([...response.headers]) + await response.text();
      const refused = await fetch(new URL(path, url));
      seen += JSON.stringify([...refused.headers]) + await refused.text();
      assertEquals(refused.status, 401);
    }
    for (const path of ["events", "events?rows"]) {
      seen += await beginningOf(new URL(path, url), headers);
    }
    agent.kill("SIGTERM");
    const { stdout, stderr } = await agent.ended;
    seen += stdout + stderr;
    seen += new TextDecoder("latin1").decode(await Deno.readFile(history));
    await Deno.remove(folder, { recursive: true });
    assert(seen.includes("refused the connection"));
    for (
      const part of [
        "***",
        "${LIFESIGN_A_TOKEN}",
        "${LIFESIGN_B}",
        "${LIFESIGN_C}",
        "${LIFESIGN_D}",
        "perf.***",
        "lifesign.check.target",
        "probe_duration_seconds",
        "event: snapshot",
        "event: row",
        "127.0.0.1",
      ]
    ) assert(seen.includes(part), part);
    assertEquals(seen.includes("${LIFESIGN_HOST}"), false);
    const [leak] = seen.match(new RegExp(`.{60}${CANARY}.{20}`, "s")) ?? [];
    assertEquals(leak, undefined);
  });
}
