import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { isTarget, parseTarget } from "../../src/cli/target.ts";
import { builtInKinds, KINDS } from "../../src/probes/built_in.ts";
import { UsageError } from "../../src/cli/usage.ts";

/** A target, and what is made of it. */
const TARGETS: readonly (readonly [string, string, string])[] = [
  ["http://localhost:3000/health", "http", "http://localhost:3000/health"],
  ["https://example.org", "http", "https://example.org/"],
  ["HTTP://Example.org/A?b=c#d", "http", "http://example.org/A?b=c"],
  ["http://user:pass@example.org/", "http", "http://example.org/"],
  ["http://user:100%@example.org/", "http", "http://example.org/"],
  ["http://[::1]:80/x", "http", "http://[::1]/x"],
  ["tcp://localhost:5432", "tcp", "localhost:5432"],
  ["tcp://localhost:5432/", "tcp", "localhost:5432"],
  ["TCP://10.0.0.7:1", "tcp", "10.0.0.7:1"],
  ["tcp://[::1]:65535", "tcp", "[::1]:65535"],
  ["localhost:5432", "tcp", "localhost:5432"],
  ["10.0.0.7:1", "tcp", "10.0.0.7:1"],
  ["[::1]:65535", "tcp", "[::1]:65535"],
  ["exec:exit 0", "command", "exit 0"],
  ["EXEC:true", "command", "true"],
  ["exec:80", "command", "80"],
  ["exec:test 1 -eq 1", "command", "test 1 -eq 1"],
  ["exec:curl http://x", "command", "curl http://x"],
];

for (const [target, type, shown] of TARGETS) {
  Deno.test(`parseTarget() makes a ${type} probe of ${target}`, () => {
    const probe = parseTarget(target, KINDS);
    assertEquals([probe.type, probe.target], [type, shown]);
    assert(isTarget(target));
  });
}

const [PORT, WEB, COMMAND] = [
  "tcp://HOST:PORT, HOST:PORT",
  "http://HOST/PATH, https://HOST/PATH",
  "exec:COMMAND",
];
const ANY = `expected a target: write ${PORT}, ${WEB} or ${COMMAND}`;
const BEGIN =
  "expected a target: begin it with tcp://, http://, https://, exec:, tls://, " +
  "dns://, grpc://, grpcs://, ws://, wss://, or ping:";
const TCP = "expected tcp://HOST:PORT";

/** What is said of a word that may be a host. */
function withHost(host: string): string {
  return ANY.replaceAll("HOST", host);
}

/** What is no target, and what is said of it. */
const WRONG: readonly (readonly [string, string])[] = [
  ["", ANY],
  ["localhost", withHost("localhost")],
  ["127.0.0.1", withHost("127.0.0.1")],
  ["::1", withHost("[::1]")],
  ["db:", withHost("db")],
  ["localhost:http", withHost("localhost")],
  ["fe80::1", withHost("[fe80::1]")],
  ["pg_isready -q", ANY],
  [" http://localhost/", ANY],
  [
    "example.com/health",
    "expected a target: write http://example.com/health or https://example.com/health",
  ],
  [
    "localhost:8080/health",
    "expected a target: write http://localhost:8080/health or https://localhost:8080/health",
  ],
  ["./lifesign:5432", ANY],
  ["ftp://localhost/", BEGIN],
  ["redis://db:6379", BEGIN],
  [
    "udp://localhost:53",
    "expected a target: write a check with type: udp in a file",
  ],
  ["icmp://10.0.0.7", "expected a target; did you mean ping:10.0.0.7?"],
  ["icmp:localhost", "expected a target; did you mean ping:localhost?"],
  ["//localhost/", ANY],
  ["htp://x/y", "expected a target; did you mean http://x/y?"],
  ["htps://x", "expected a target; did you mean https://x?"],
  ["http:/x", "expected a target; did you mean http://x?"],
  ["http:x", "expected a target; did you mean http://x?"],
  ["http//x", "expected a target; did you mean http://x?"],
  ["tpc://db:5432", "expected a target; did you mean tcp://db:5432?"],
  [
    "tcp:localhost:5432",
    "expected a target; did you mean tcp://localhost:5432?",
  ],
  ["exe:true", "expected a target; did you mean exec:true?"],
  ["tcp://", TCP],
  ["tcp://localhost", TCP],
  ["tcp://localhost:", TCP],
  ["tcp://:5432", TCP],
  ["tcp://localhost:http", TCP],
  ["tcp://localhost:5432/path", TCP],
  ["tcp://::1:5432", TCP],
  ["tcp://localhost:0", "expected a port between 1 and 65535, got 0"],
  ["tcp://localhost:70000", "expected a port between 1 and 65535, got 70000"],
  ["localhost:70000", "expected a port between 1 and 65535, got 70000"],
  ["exec:", "expected a command, got an empty one"],
  ["exec:  ", "expected a command, got an empty one"],
];

for (const [target, message] of WRONG) {
  Deno.test(`parseTarget() says of ${JSON.stringify(target)}: ${message}`, () => {
    const error = assertThrows(() => parseTarget(target, KINDS), UsageError);
    assertEquals(error.message, `${target}: ${message}`);
  });
}

Deno.test("parseTarget() says how a ping is written", async () => {
  const kinds = await builtInKinds();
  assertEquals(parseTarget("ping:localhost", kinds).target, "localhost");
  const error = assertThrows(
    () => parseTarget("ping://localhost", kinds),
    UsageError,
  );
  assertEquals(error.message, "ping://localhost: expected ping:HOST");
});

for (
  const target of ["http://", "http:// x/", "https://x:99999/", "http://["]
) {
  Deno.test(`parseTarget() wants an absolute URL, and not ${target}`, () => {
    const { message } = assertThrows(
      () => parseTarget(target, KINDS),
      UsageError,
    );
    assert(
      message.startsWith(
        `${target}: expected an absolute URL with http: or https:, got `,
      ),
      message,
    );
  });
}

for (
  const [target, shown] of [
    ["tcp://user@localhost:5432", "tcp://***@localhost:5432"],
    ["tcp://user:pass/word@localhost:5432", "tcp://***@localhost:5432"],
    ["redis://token@db:6379", "redis://***@db:6379"],
    ["user:password@db:5432", "***@db:5432"],
    ["psql postgres://u:password@db/x", "psql postgres://***@db/x"],
    ["tcp://db:5432/?password=x", "tcp://db:5432/?***"],
  ] as const
) {
  Deno.test(`parseTarget() shows no secret: ${shown}`, () => {
    const { message } = assertThrows(
      () => parseTarget(target, KINDS),
      UsageError,
    );
    assert(message.startsWith(`${shown}: expected `), message);
  });
}

Deno.test("isTarget() tells targets from files", () => {
  for (const file of ["", "lifesign.yaml", "./a:b", "/etc/x.yaml", "a b://c"]) {
    assert(!isTarget(file), file);
  }
  for (const target of ["ftp://x", "udp://x:1", "exec:", "http://"]) {
    assert(isTarget(target), target);
  }
});

Deno.test("parseTarget() gives a probe or a UsageError, of any text", () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(..."/:@[]%?#.\\ \n\0a1") }),
    fc.webUrl(),
    fc.integer().map(String),
  );
  const scheme = fc.constantFrom("", "http://", "https:", "tcp://", "exec:");
  fc.assert(
    fc.property(scheme, text, (scheme, text) => {
      const target = scheme + text;
      try {
        const probe = parseTarget(target, KINDS);
        assert(isTarget(target));
        assert(probe.target !== "" || probe.type === "command");
      } catch (error) {
        if (!(error instanceof UsageError)) {
          throw new Error(`Not for ${JSON.stringify(target)}`, {
            cause: error,
          });
        }
      }
    }),
    { numRuns: 2000, interruptAfterTimeLimit: 20_000 },
  );
});

Deno.test("parseTarget() takes every host and port there may be", () => {
  const port = fc.integer({ min: 1, max: 65535 });
  fc.assert(fc.property(fc.domain(), port, (host, port) => {
    assertEquals(
      parseTarget(`tcp://${host}:${port}`, KINDS).target,
      `${host}:${port}`,
    );
  }));
});
