import { assertEquals, assertRejects } from "@std/assert";
import { startScript, temporaryFile } from "../../support/program.ts";
import { parseConfig } from "../../../src/agent/config.ts";
import { namedSections } from "../../../src/agent/named_sections.ts";
import type { ConfigError } from "../../../src/config/error.ts";
import { clusterSection } from "../../../src/sinks/cluster/section.ts";
import { ClusterError, setUp } from "../../../src/sinks/cluster/setup.ts";
import type { ClusterValue } from "../../../src/sinks/cluster/value.ts";

/** Reads the key. */
function read(
  cluster: unknown,
  env: Readonly<Record<string, string>> = {},
): ClusterValue | undefined {
  const checks = { a: { type: "tcp", port: 1 } };
  return parseConfig(JSON.stringify({ cluster, checks }), {
    env: (name) => env[name],
  }).sections.cluster;
}

/** What is wrong with the key. */
function wrong(
  cluster: unknown,
  env: Readonly<Record<string, string>> = {},
): string[] {
  try {
    read(cluster, env);
    return [];
  } catch (error) {
    return (error as ConfigError).issues.map(({ path, message }) =>
      `${path}: ${message}`
    );
  }
}

const LEAST = {
  name: "lifesign",
  id: null,
  region: null,
  labels: {},
  replicas: 1,
  login: null,
  tls: null,
};

Deno.test("without the key there is no cluster", () => {
  assertEquals(read(undefined), undefined);
});

Deno.test("a cluster needs no more than a server", () => {
  const servers = ["nats://127.0.0.1:4222"];
  assertEquals(read({ servers: "nats://127.0.0.1" }), { ...LEAST, servers });
  assertEquals(read({ servers }), { ...LEAST, servers });
});

Deno.test("a cluster has servers, and who this agent is", () => {
  assertEquals(
    read({
      servers: ["nats://a", "nats://a:4222", "tls://[::1]:1/"],
      name: "shop 2",
      id: "eu-1",
      region: "eu",
      labels: { disk: "ssd", rack: 7, spot: true },
      replicas: 3,
      tls: { ca: "ca.pem", cert: "c.pem", key: "k.pem" },
    }),
    {
      servers: ["nats://a:4222", "tls://[::1]:1"],
      name: "shop 2",
      id: "eu-1",
      region: "eu",
      labels: { disk: "ssd", rack: "7", spot: "true" },
      replicas: 3,
      login: null,
      tls: { ca: "ca.pem", cert: "c.pem", key: "k.pem" },
    },
  );
});

Deno.test("one file serves all agents, with variables for what is different", () => {
  const { id, region } = read(
    {
      servers: "nats://${NATS:-a}",
      id: "${HOSTNAME}",
      region: "${REGION}",
    },
    { HOSTNAME: "lifesign-0", REGION: "eu" },
  )!;
  assertEquals([id, region], ["lifesign-0", "eu"]);
  assertEquals(wrong({ servers: "nats://a", id: "${HOSTNAME}" }), [
    "cluster.id: the variable HOSTNAME is not set; ${HOSTNAME:-…} would give a default",
  ]);
});

const SEED = `SU${"A".repeat(56)}`;

/** Ways to log in, and what becomes of them. */
const LOGINS: readonly (readonly [Record<string, unknown>, unknown])[] = [
  [{ token: "secret" }, { type: "token", token: "secret" }],
  [{ user: "me", password: "secret" }, {
    type: "user",
    user: "me",
    password: "secret",
  }],
  [{ nkey: SEED }, { type: "nkey", seed: SEED }],
  [{ credentials: "nats.creds" }, { type: "credentials", text: "nats.creds" }],
  [{ servers: "nats://to%3Aken@a" }, { type: "token", token: "to:ken" }],
  [{ servers: "nats://me:p%40w%@a" }, {
    type: "user",
    user: "me",
    password: "p%40w%",
  }],
  [{ servers: ["nats://me:p%40w@a", "nats://b"] }, {
    type: "user",
    user: "me",
    password: "p@w",
  }],
];

for (const [keys, login] of LOGINS) {
  Deno.test(`an agent logs in by ${JSON.stringify(keys)}`, () => {
    const value = read({ servers: "nats://a", ...keys })!;
    assertEquals(value.login, login as ClusterValue["login"]);
    assertEquals(value.servers[0], "nats://a:4222");
  });
}

const URLS = 'a URL such as "nats://127.0.0.1:4222"';
const URL_WORDS = `${URLS} or "tls://nats.example"`;

/** What is wrong with values. None has what may be secret. */
const WRONG: readonly (readonly [unknown, readonly string[]])[] = [
  ["nats://secret@a", [
    'cluster: expected a map such as { servers: "nats://127.0.0.1:4222" }, got a string',
  ]],
  [{}, [`cluster.servers: expected ${URLS}, or a list of them, got nothing`]],
  [{ servers: "http://me:secret@a" }, [
    `cluster.servers: expected ${URLS}, or a list of them, got a string`,
  ]],
  [{ servers: [] }, [
    `cluster.servers: expected ${URLS}, or a list of them, got an empty list`,
  ]],
  [{ servers: ["nats://a", "secret@a"] }, [
    `cluster.servers[1]: expected ${URL_WORDS}, got another string`,
  ]],
  [{ servers: ["nats://a", "nats://secret@a%zb"] }, [
    `cluster.servers[1]: expected ${URL_WORDS}, got another string`,
  ]],
  [{ servers: "nats://a:0" }, [
    "cluster.servers: expected a port between 1 and 65535",
  ]],
  [{ servers: ["nats://a", "nats://secret@b"] }, [
    "cluster.servers[1]: expected the same credentials as in the first URL",
  ]],
  [{ servers: "nats://a", token: 5, nkey: "secret" }, [
    "cluster.token: expected a non-empty string, got a number",
    'cluster.nkey: expected the seed of an nkey of a user, which begins with "SU", got another string',
  ]],
  [{ servers: "nats://a", user: "me" }, [
    "cluster.user: expected user and password together, got no password",
  ]],
  [{ servers: "nats://a", password: "secret" }, [
    "cluster.password: expected user and password together, got no user",
  ]],
  [{ servers: "nats://a", credentials: "c", token: "secret", nkey: SEED }, [
    "cluster.token: expected one way to log in, got credentials, token, and nkey",
  ]],
  [{ servers: "nats://secret@a", user: "me", password: "secret" }, [
    "cluster.user: expected one way to log in, got user and the credentials of a URL",
  ]],
  ...[0, 6, 1.5].map((replicas) =>
    [{ servers: "nats://a", replicas }, [
      `cluster.replicas: expected a number of servers from 1 to 5, got ${replicas}`,
    ]] as const
  ),
  [{ servers: "nats://a", tls: {} }, [
    "cluster.tls: expected a map such as { ca: ca.pem }, got an empty map",
  ]],
  [{ servers: "nats://a", tls: { key: "k.pem" } }, [
    "cluster.tls.key: expected cert and key together, got no cert",
  ]],
  [{ servers: "nats://a", tls: { cert: 1, key: "k.pem" } }, [
    "cluster.tls.cert: expected a non-empty string, got 1",
  ]],
  [{ servers: "nats://a", id: " a", region: "" }, [
    'cluster.id: expected a name of 1 to 100 characters without blanks around it, got " a"',
    'cluster.region: expected a name of 1 to 100 characters without blanks around it, got ""',
  ]],
  [{ server: "nats://a" }, [
    'cluster.server: unknown key; did you mean "servers"?',
    `cluster.servers: expected ${URLS}, or a list of them, got nothing`,
  ]],
];

for (const [cluster, messages] of WRONG) {
  Deno.test(`a cluster is not ${JSON.stringify(cluster)}`, () => {
    const found = wrong(cluster);
    assertEquals(found, [...messages]);
    assertEquals(found.join().includes("secret"), false);
  });
}

Deno.test("a cluster needs to connect to its servers, to read its files, and to know the host", () => {
  const needs = (cluster: Record<string, unknown>) =>
    clusterSection.needs!(read({ servers: "nats://a", ...cluster })!, {
      timezone: "UTC",
    });
  const net = { name: "net", host: "a:4222" } as const;
  assertEquals(needs({}), [net, { name: "sys", kind: "hostname" }]);
  assertEquals(needs({ id: "x", token: "y" }), [net]);
  assertEquals(
    needs({
      id: "x",
      servers: ["nats://a", "tls://[::1]:1"],
      tls: { ca: "-----BEGIN CERTIFICATE-----\n", cert: "c.pem", key: "k" },
    }),
    [
      net,
      { name: "net", host: "[::1]:1" },
      { name: "read", path: "c.pem" },
      { name: "read", path: "k" },
    ],
  );
  assertEquals(needs({ id: "x", credentials: "n.creds" }), [net, {
    name: "read",
    path: "n.creds",
  }]);
});

const CREDENTIALS = `-----BEGIN NATS USER JWT-----
eyJhbGciOiJub25lIn0.abc
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
${SEED}
------END USER NKEY SEED------
`;

Deno.test("a cluster reads its files as it starts, and keeps what is in them secret", async () => {
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  try {
    const path = `${folder}/n.creds`;
    await Deno.writeTextFile(path, CREDENTIALS);
    const key = "-----BEGIN PRIVATE KEY-----\nabcd\n";
    const { login, tls, id, redact } = await setUp(
      read({
        servers: "nats://a",
        id: "x",
        credentials: path,
        tls: { cert: path, key },
      })!,
    );
    assertEquals(id, "x");
    assertEquals(login, { type: "credentials", text: CREDENTIALS });
    assertEquals(tls, { cert: CREDENTIALS, key });
    assertEquals(redact(`bad ${SEED}, not x`), "bad ***, not x");
    assertEquals(redact("eyJhbGciOiJub25lIn0.abc"), "***");

    const token = read({ servers: "nats://a", id: "x", token: "abcdef" })!;
    assertEquals((await setUp(token)).redact("no abcdef"), "no ***");

    const rejects = async (path: string, message: string): Promise<void> => {
      const value = read({ servers: "nats://a", id: "x", credentials: path })!;
      await assertRejects(() => setUp(value), ClusterError, message);
    };
    await rejects(
      `${folder}/no`,
      `cluster.credentials: cannot read ${folder}/no: no such file`,
    );
    await rejects(
      "/etc/hostname",
      "cluster.credentials: /etc/hostname is not allowed by Deno: run with --allow-read=/etc/hostname",
    );
    await Deno.writeTextFile(path, "secret");
    await rejects(
      path,
      `cluster.credentials: expected a line that begins with "-----BEGIN " in ${path}`,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name: "an agent without an id says how to have one, and asks nobody",
  permissions: { sys: false },
  async fn() {
    await assertRejects(
      () => setUp(read({ servers: "nats://a" })!),
      ClusterError,
      "cluster.id: the name of the host is not allowed by Deno: run with --allow-sys=hostname, or set cluster.id",
    );
  },
});

Deno.test("who starts no section loads that of a cluster where a file has the key", async () => {
  const keysOf = async (...keys: string[]): Promise<string[]> =>
    (await namedSections(keys)).map(({ key }) => key);
  assertEquals(await keysOf("checks"), []);
  assertEquals(await keysOf("checks", "cluster"), ["cluster"]);
});

Deno.test("run loads nothing that joins a cluster without the key", async () => {
  const loaded = await Deno.makeTempDir({ dir: "/tmp" });
  try {
    await using file = await temporaryFile(
      "listen: false\nchecks: { down: { type: tcp, port: 1, retries: 1 } }\n",
    );
    await using agent = startScript("src/cli/main.ts", {
      flags: ["--allow-read", "--allow-net", `--coverage=${loaded}`],
      args: ["run", file.path],
    });
    await agent.line("stdout", /down unknown -> unhealthy/);
    agent.kill("SIGTERM");
    assertEquals((await agent.ended).code, 0);
    const modules: string[] = [];
    for await (const { name } of Deno.readDir(loaded)) {
      const { url } = JSON.parse(await Deno.readTextFile(`${loaded}/${name}`));
      const [, path] = /\/src\/sinks\/cluster\/(.+)$/.exec(url) ?? [];
      if (path !== undefined) modules.push(path);
    }
    assertEquals(modules.sort(), [
      "nats/server.ts",
      "parse.ts",
      "problems.ts",
      "schema.ts",
      "section.ts",
      "value.ts",
    ]);
  } finally {
    await Deno.remove(loaded, { recursive: true });
  }
});

Deno.test("an agent without an id has the name of its host, unless others may have it", async () => {
  const { hostname } = Deno;
  const value = read({ servers: "nats://a" })!;
  try {
    Deno.hostname = () => "lifesign-0";
    assertEquals((await setUp(value)).id, "lifesign-0");
    Deno.hostname = () => "localhost";
    await assertRejects(
      () => setUp(value),
      ClusterError,
      'cluster.id: the host has the name "localhost", as others may; set cluster.id',
    );
  } finally {
    Deno.hostname = hostname;
  }
});
