import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { lifesign, startScript, temporaryFile } from "../support/program.ts";

/** Takes webhooks, and answers with the status that the path says. */
function receiver(): {
  readonly url: string;
  readonly taken: Record<string, string>[];
} & AsyncDisposable {
  const taken: Record<string, string>[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      taken.push(await request.json());
      const status = Number(new URL(request.url).pathname.slice(1));
      return new Response(`answer ${status}`, { status });
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    taken,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function config(url: string): string {
  return `notify:
  team: { type: webhook, url: "${url}200", on: [degraded] }
  pager: { type: webhook, url: "${url}403?token=s3cr3t-value" }
checks:
  web: { type: command, command: ":" }
`;
}

Deno.test("notify sends a test message by each notifier, and says what came back", async () => {
  await using server = receiver();
  await using file = await temporaryFile(config(server.url));

  const { code, stdout, stderr } = await lifesign(["notify", file.path]);

  assertEquals(code, 1);
  assertEquals(stderr, "");
  assertMatch(stdout, /^team \(webhook\): sent; .*200.*$/m);
  assertMatch(stdout, /^pager \(webhook\): not sent; .*403.*$/m);
  assertEquals(stdout.includes("s3cr3t"), false);
  assertEquals(server.taken.map(({ event }) => event), ["test", "test"]);
  assertEquals(
    server.taken.map(({ title }) => title).sort(),
    [
      "Test of pager from lifesign: it works",
      "Test of team from lifesign: it works",
    ],
  );
});

Deno.test("notify takes names, and prints JSON", async () => {
  await using server = receiver();
  await using file = await temporaryFile(config(server.url));

  const { code, stdout } = await lifesign([
    "notify",
    "--format=json",
    file.path,
    "team",
  ]);

  assertEquals(code, 0);
  const [{ answer, ...rest }, ...others] = JSON.parse(stdout);
  assertEquals(rest, { name: "team", type: "webhook", sent: true });
  assertStringIncludes(answer, "200");
  assertEquals(others, []);
  assertEquals(server.taken.length, 1);
});

Deno.test("notify says which permission is missing", async () => {
  await using server = receiver();
  await using file = await temporaryFile(config(server.url));
  const { host } = new URL(server.url);

  const { code, stdout } = await lifesign(["notify", file.path, "team"], {
    flags: ["--allow-read", "--allow-env"],
  });

  assertEquals(code, 1);
  assertStringIncludes(stdout, `--allow-net=${host}`);
});

Deno.test("run says at once which permission a notifier lacks, and does not ask for it", async () => {
  await using file = await temporaryFile(`listen: false
notify:
  team: { type: webhook, url: "http://127.0.0.1:9/" }
checks:
  web: { type: command, command: ":" }
`);
  await using agent = startScript("src/cli/main.ts", {
    flags: ["--allow-read", "--allow-env", "--allow-run"],
    args: ["run", file.path],
  });

  const line = await agent.line("stderr", /notify\.team/);
  assertStringIncludes(
    line,
    "cannot send: not allowed by Deno: run with --allow-net=127.0.0.1:9",
  );
});

for (
  const [name, text, args, expected] of [
    [
      "a name that there is not",
      config("http://127.0.0.1:9/"),
      ["tem"],
      /There is no notifier "tem" in .*; did you mean team\?/,
    ],
    [
      "a file without notifiers",
      "checks: { web: { type: command, command: ':' } }\n",
      [],
      /has no notifiers/,
    ],
    [
      "a file that is not valid",
      "notify: { team: { type: slak } }\nchecks: {}\n",
      [],
      /notify\.team\.type: .*did you mean "slack"\?/,
    ],
  ] as const
) {
  Deno.test(`notify refuses ${name}`, async () => {
    await using file = await temporaryFile(text);
    const { code, stderr } = await lifesign(["notify", file.path, ...args]);
    assertEquals(code, 2);
    assertMatch(stderr, expected);
  });
}

Deno.test("notify says that a program is missing, whose flag Deno ignores", async () => {
  const program = "lifesign-no-such-program";
  await using file = await temporaryFile(
    `notify: { siren: { type: command, command: [${program}] } }
checks: { web: { type: command, command: ":" } }
`,
  );
  const { stdout, code } = await lifesign(["notify", file.path], {
    flags: ["--allow-read", "--allow-env", `--allow-run=${program}`],
  });
  assertEquals(
    [stdout, code],
    [
      "siren (command): not sent; not found, or not allowed by Deno: " +
      `run with --allow-run=${program}\n`,
      1,
    ],
  );
});
