import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { nkeys } from "@nats-io/transport-node";
import {
  connect,
  type LinkOptions,
} from "../../../../src/sinks/cluster/nats/connection.ts";
import { NATS, NatsServer, until } from "../../../support/nats.ts";
import { testWith } from "../../../support/needs.ts";
import { closedPort, pem, pemFiles } from "../../../support/servers.ts";
import { runScript } from "../../../support/program.ts";
import { link, linked } from "./connected.ts";
import { operated } from "./jwt.ts";

testWith(NATS, {
  name: "a connection waits for a server that is not there yet",
  async fn() {
    await using server = await NatsServer.start({ runs: false });
    await using agent = await link(server);
    const { connection, states } = agent;
    await until("a reason", () => states.length > 0);
    assertEquals(states, [
      `disconnected 127.0.0.1:${server.port}: connection refused`,
    ]);
    await server.run();
    await until("a connection", () => connection.client !== null);
    assertEquals(states.slice(1), [`connected 127.0.0.1:${server.port}`]);
    assertEquals(connection.maxPayload, 1 << 20);
    assertEquals(await connection.flush(), true);
  },
});

testWith(NATS, {
  name: "a connection comes back after the server was killed",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    const { connection, states } = agent;
    await server.kill();
    await until("the end", () => connection.client === null);
    assertEquals(await connection.flush(), false);
    await server.run();
    await until("a connection", () => connection.client !== null);
    assertEquals(states.at(-1), `connected 127.0.0.1:${server.port}`);
  },
});

testWith(NATS, {
  name: "a server that was stopped is given up, and closing does not wait",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    await using other = await linked(server);
    server.signal("SIGSTOP");
    const since = performance.now();
    await other.connection.close();
    assert(performance.now() - since < 10_000);
    await until("the end", () => agent.connection.client === null);
    assertStringIncludes(agent.states.at(-1)!, "did not answer in time");
    // It goes on trying, and can be closed while it does.
    await agent.connection.close();
    server.signal("SIGCONT");
  },
});

const user = nkeys.createUser();
const seed = new TextDecoder().decode(user.getSeed());
const { config, credentials } = operated();

const AUTHS: readonly {
  readonly config: string;
  readonly right: LinkOptions["auth"];
  readonly wrong: LinkOptions["auth"];
}[] = [{
  config: "authorization { token: s3cret }",
  right: { type: "token", token: "s3cret" },
  wrong: { type: "token", token: "other-s3cret" },
}, {
  config: "authorization { user: agent, password: s3cret }",
  right: { type: "user", user: "agent", password: "s3cret" },
  wrong: { type: "user", user: "agent", password: "other-s3cret" },
}, {
  config: `authorization { users: [{ nkey: ${user.getPublicKey()} }] }`,
  right: { type: "nkey", seed },
  wrong: {
    type: "nkey",
    seed: new TextDecoder().decode(nkeys.createUser().getSeed()),
  },
}, {
  config,
  right: { type: "credentials", text: credentials },
  wrong: { type: "credentials", text: operated().credentials },
}];

for (const { config, right, wrong } of AUTHS) {
  testWith(NATS, {
    name: `a connection says who it is by ${
      right!.type
    }, and tells if it is refused`,
    async fn() {
      await using server = await NatsServer.start({ config });
      await using good = await linked(server, { auth: right });
      assertEquals(good.connection.state.type, "connected");
      for (const auth of [wrong, undefined]) {
        await using bad = await link(server, { auth });
        await until("a refusal", () => bad.states.length > 0);
        // It goes on trying, and the reason stays the same.
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        assertEquals(bad.states, [
          `disconnected 127.0.0.1:${server.port}: the server refused the credentials`,
        ]);
      }
    },
  });
}

testWith(NATS, {
  name: "TLS is made with an own authority, and never without trust",
  async fn() {
    const tls =
      `tls { cert_file: "${pemFiles.cert}", key_file: "${pemFiles.key}", ca_file: "${pemFiles.ca}", verify: true }`;
    await using server = await NatsServer.start({ config: tls });
    const { ca, cert, key } = pem;
    await using good = await linked(server, { tls: { ca, cert, key } });
    assertEquals(good.connection.state.type, "connected");
    await using distrusts = await link(server, { tls: { cert, key } });
    await using anonymous = await link(server, { tls: { ca } });
    await until(
      "refusals",
      () => distrusts.states.length > 0 && anonymous.states.length > 0,
    );
    assertEquals(distrusts.connection.client, null);
    assertEquals(anonymous.connection.client, null);
    await using plain = await NatsServer.start();
    await using secure = await link(plain, {
      servers: [plain.url.replace("nats:", "tls:")],
    });
    await until("a refusal", () => secure.states.length > 0);
    assertStringIncludes(secure.states[0]!, "does not speak TLS");
  },
});

testWith(NATS, {
  name: "only servers that are configured are connected to",
  async fn() {
    const [port, other] = [closedPort(), closedPort()];
    const cluster = (port: number, other: number) => ({
      config:
        `server_name: s${port}\ncluster { name: c, listen: "127.0.0.1:${port}", routes: ["nats://127.0.0.1:${other}"] }`,
    });
    await using one = await NatsServer.start(cluster(port, other));
    await using two = await NatsServer.start(cluster(other, port));
    await using agent = await linked(one);
    await until(
      "the other server to be announced",
      () =>
        agent.connection.client?.info?.connect_urls?.some((url) =>
          url.endsWith(`:${two.port}`)
        ) ?? false,
    );
    await one.kill();
    await until(
      "another attempt",
      () => agent.states.at(-1)?.includes("connection refused") ?? false,
    );
    await one.run();
    await until("a connection", () => agent.connection.client !== null);
    assert(agent.states.every((state) => !state.includes(`:${two.port}`)));
  },
});

testWith(NATS, {
  name: "the next server is taken where one is gone",
  async fn() {
    await using one = await NatsServer.start();
    await using two = await NatsServer.start();
    await using agent = await linked(one, { servers: [one.url, two.url] });
    const { connection } = agent;
    const first = connection.state.detail;
    await (first.endsWith(String(one.port)) ? one : two).kill();
    await until(
      "the other one",
      () => connection.client !== null && connection.state.detail !== first,
    );
  },
});

testWith(NATS, {
  name: "a link needs no permission but for its server, also by name",
  async fn() {
    await using server = await NatsServer.start();
    for (const host of ["127.0.0.1", "localhost"]) {
      const { code, stdout, stderr } = await runScript(
        "tests/sinks/cluster/nats/link_main.ts",
        {
          flags: [`--allow-net=${host}:${server.port}`],
          args: [`nats://${host}:${server.port}`],
        },
      );
      assertEquals({ code, stdout, stderr }, {
        code: 0,
        stdout: "written\n",
        stderr: "",
      });
    }
    const { stdout } = await runScript(
      "tests/sinks/cluster/nats/link_main.ts",
      {
        flags: ["--allow-net=127.0.0.1:1"],
        args: [server.url],
      },
    );
    assertStringIncludes(stdout, "no permission to connect");
  },
});

Deno.test("connect() refuses what it cannot use, and repeats no secrets", async () => {
  const server = "nats://127.0.0.1:1";
  const wrong: Partial<LinkOptions>[] = [
    { servers: [] },
    { servers: ["http://127.0.0.1"] },
    { servers: ["nats://me:s3cret@127.0.0.1"] },
    { servers: ["nats://127.0.0.1/s3cret"] },
    { servers: ["nats://"] },
    { auth: { type: "nkey", seed: "s3cret" } },
    { auth: { type: "credentials", text: "s3cret" } },
    { tls: { ca: "s3cret" } },
    { tls: { cert: pem.cert } },
    { tls: { cert: pem.cert, key: "s3cret" } },
  ];
  for (const options of wrong) {
    const error = await assertRejects(
      () => connect({ servers: [server], name: "shop", ...options }),
      TypeError,
    );
    assert(!error.message.includes("s3cret"), error.message);
  }
});
