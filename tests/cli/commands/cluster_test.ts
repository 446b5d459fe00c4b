import { assertEquals, assertStringIncludes } from "@std/assert";
import { NATS, NatsServer } from "../../support/nats.ts";
import { testWith } from "../../support/needs.ts";
import { lifesign, startScript, temporaryFile } from "../../support/program.ts";
import { httpServer, pemFiles } from "../../support/servers.ts";

const MAIN = "src/cli/main.ts";

/** A file with a cluster. */
function fileWith(cluster: string, url = "http://127.0.0.1:1/"): string {
  return `
listen: false
cluster: ${cluster}
checks: { web: { type: http, url: "${url}", retries: 1 } }
`;
}

Deno.test("permissions has the servers, the files and the variables of a cluster", async () => {
  await using file = await temporaryFile(
    fileWith(
      '{ servers: ["nats://s3cret@nats", "tls://[::1]"], region: "${REGION:-eu}", tls: { ca: ca.pem } }',
    ),
  );
  const { stdout } = await lifesign(["permissions", file.path], {
    flags: [`--allow-read=${file.path}`, "--allow-env=REGION"],
  });
  assertEquals(
    stdout,
    "--allow-env=REGION '--allow-net=127.0.0.1:1,[::1]:4222,nats:4222' " +
      `--allow-read=${[file.path, "ca.pem"].sort()} --allow-sys=hostname\n`,
  );
});

Deno.test("validate says what is wrong with a cluster, without what is secret", async () => {
  await using file = await temporaryFile(
    fileWith("{ servers: nats://a, nkey: s3cret, regoin: eu }"),
  );
  const { code, stderr } = await lifesign(["validate", file.path]);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "cluster.nkey: expected the seed of an nkey");
  assertStringIncludes(stderr, 'unknown key; did you mean "region"?');
  assertEquals(stderr.includes("s3cret"), false);
});

Deno.test("validate reads the files of a cluster if it may, and keeps them secret", async () => {
  const { ca, cert, key } = pemFiles;
  await using other = await temporaryFile("s3cret");
  const none = `${other.path}.none`;
  const head = "servers: nats://a, id: a";
  const notPem =
    "expected certificates of authorities, a certificate and its key as PEM";
  for (
    const [cluster, found] of [
      [`{ ${head}, credentials: ${none} }`, [
        `cluster.credentials: cannot read ${none}: no such file`,
      ]],
      [`{ ${head}, credentials: ${cert} }`, [
        "cluster.credentials: expected the contents of a credentials file, with a JWT and a seed",
      ]],
      [`{ ${head}, nkey: SU${"A".repeat(56)} }`, [
        "cluster.nkey: expected the seed of an nkey of a user",
      ]],
      [
        `{ ${head}, tls: { ca: ${other.path}, cert: ${none}, key: ${key} } }`,
        [
          `cluster.tls.ca: expected a line that begins with "-----BEGIN " in ${other.path}`,
          `cluster.tls.cert: cannot read ${none}: no such file`,
        ],
      ],
      [`{ ${head}, tls: { ca: ${key}, cert: ${key}, key: ${cert} } }`, [
        `cluster.tls.ca: ${notPem}`,
        `cluster.tls.cert: ${notPem}`,
      ]],
      [`{ ${head}, tls: { ca: ${ca}, cert: ${cert}, key: ${key} } }`, []],
    ] as const
  ) {
    await using file = await temporaryFile(fileWith(cluster));
    const { code, stderr } = await lifesign(["validate", file.path]);
    const lines = stderr.split("\n").slice(1, -1).map((line) => line.trim());
    assertEquals([lines, code], [[...found], found.length === 0 ? 0 : 2]);
    assertEquals(stderr.includes("s3cret"), false);
  }
  await using file = await temporaryFile(
    fileWith(`{ ${head}, credentials: ${none}, tls: { ca: ${ca} } }`),
  );
  const { code, stderr } = await lifesign(["validate", file.path], {
    flags: [`--allow-read=${file.path}`],
  });
  assertEquals([code, stderr], [
    0,
    `lifesign: some files are not verified without --allow-read=${
      [none, ca].sort()
    }\n`,
  ]);
});

Deno.test("run says in a line why it cannot join a cluster", async () => {
  for (
    const [cluster, flags, message] of [
      [
        "{ servers: nats://127.0.0.1:1, id: a, credentials: no.creds }",
        ["--allow-read", "--allow-net"],
        "cluster.credentials: cannot read no.creds: no such file",
      ],
      [
        "{ servers: nats://127.0.0.1:1 }",
        ["--allow-read", "--allow-net"],
        "cluster.id: the name of the host is not allowed by Deno: run with --allow-sys=hostname, or set cluster.id",
      ],
    ] as const
  ) {
    await using file = await temporaryFile(fileWith(cluster));
    const { code, stderr } = await lifesign(["run", file.path], { flags });
    assertEquals(code, 1);
    const lines = stderr.trimEnd().split("\n");
    assertStringIncludes(lines.at(-1)!, message);
    assertEquals(lines.some((line) => line.startsWith("    at ")), false);
  }
});

testWith(
  NATS,
  {
    name:
      "an agent of a cluster needs no more than permissions prints, and a change needs a restart",
    async fn() {
      await using nats = await NatsServer.start({
        config: "authorization { token: s3cret-token }",
      });
      await using target = httpServer(() => new Response("ok"));
      const cluster = (region: string) =>
        fileWith(
          `{ servers: "${nats.url}", region: ${region}, token: s3cret-token }`,
          `http://127.0.0.1:${target.port}/`,
        );
      await using file = await temporaryFile(cluster("eu"));
      const { stdout: flags } = await lifesign(["permissions", file.path]);
      await using agent = startScript(MAIN, {
        flags: flags.trim().split(" "),
        args: ["run", "--strict", file.path],
      });
      await agent.line("stdout", /web unknown -> healthy/);
      await Deno.writeTextFile(file.path, cluster("us"));
      await agent.line("stderr", /cluster.*restart/);
      agent.kill("SIGTERM");
      const { code, stdout, stderr } = await agent.ended;
      assertEquals(code, 0, stderr);
      assertEquals(`${stdout}${stderr}`.includes("s3cret"), false);
    },
  },
);
