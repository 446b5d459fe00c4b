import { assertEquals } from "@std/assert";
import { startServer } from "../support/real_server.ts";
import {
  MEMCACHED,
  MOSQUITTO,
  NATS,
  RABBITMQ,
  REDIS,
  SENTINEL,
  SLAPD,
  SSHD,
  ZOOKEEPER,
} from "../support/recipe_servers.ts";
import { closedPort, pemFiles } from "../support/servers.ts";
import { DOVECOT, POSTFIX, VSFTPD } from "../support/tls_servers.ts";
import {
  assertLog,
  dialogues,
  fails,
  passes,
  tested,
  testRecipes,
} from "./recipes.ts";
import "./recipes_sql.ts";
import { kafka, mongo } from "./recipes_by_document.ts";

/** What CI demands with the servers of other tests. */
const TLS = "LIFESIGN_TEST_TLS_SERVERS";
/** What CI does not demand. */
const RECIPES = "LIFESIGN_TEST_RECIPES";

/** Options for a server with the certificate in `tls/leaf.pem`. */
const OVER_TLS = { host: "localhost", ca: pemFiles.ca };

testRecipes(REDIS, {
  ids: ["redis", "redis-acl", "redis-master", "redis-replica", "sentinel"],
  demand: "LIFESIGN_TEST_REDIS",
  env: {
    OPTIONS:
      "--requirepass secret --user lifesign on >secret -@all +ping +role --repl-diskless-sync-delay 0",
  },
  async fn(master) {
    const env = { REDIS_PASSWORD: "secret" };
    const { port, folder } = master;
    await passes(["redis", "redis-acl", "redis-master"], { port, env });
    const wrong = { port, env: { REDIS_PASSWORD: "wrong" } };
    await fails("redis", /got "-WRONGPASS/, wrong);
    await fails("redis-acl", /got "-WRONGPASS/, wrong);
    await fails("redis-replica", /master/, { port, env });

    const ready = /MASTER <-> REPLICA sync: Finished with success/;
    const path = `${folder}/replica`;
    await Deno.mkdir(path);
    {
      await using replica = await startServer({ ...REDIS, ready }, path, {
        OPTIONS:
          `--requirepass secret --masterauth secret --replicaof 127.0.0.1 ${port}`,
      });
      await passes(["redis", "redis-replica"], { port: replica.port, env });
      await fails("redis-master", /slave/, { port: replica.port, env });
      await using sentinel = await startServer(SENTINEL, path, {
        MASTER: `${port}`,
      });
      await passes(["sentinel"], sentinel);
      await fails("sentinel", /got "-ERR No such master/, {
        port: sentinel.port,
        instead: ["main", "other"],
      });
      await assertLog(
        sentinel,
        [],
        /User requested|SIGTERM|bye|Sentinel new configuration| [+-][a-z]/,
      );
    }
    await assertLog(
      master,
      [],
      /User requested|replica|RDB|BGSAVE|Diskless|Fork|SIGTERM|shutdown|bye/i,
    );
  },
});

testRecipes(MEMCACHED, {
  ids: ["memcached", "memcached-stores"],
  demand: "LIFESIGN_TEST_MEMCACHED",
  async fn(server) {
    await passes(["memcached", "memcached-stores"], server);
    await fails("memcached-stores", /got "STORED/, {
      port: server.port,
      instead: ["get lifesign", "get another"],
    });
    await assertLog(server, [], /SIGTERM|Signal handled/);
  },
});

testRecipes(RABBITMQ, {
  ids: ["rabbitmq", "rabbitmq-login"],
  demand: RECIPES,
  env: { DIST_PORT: `${closedPort()}` },
  async fn(server) {
    await passes(["rabbitmq", "rabbitmq-login"], server);
    await fails("rabbitmq-login", /in step 4, got /, {
      port: server.port,
      instead: ["67 6e 05", "67 6f 05"],
      // It keeps silent for three seconds.
      timeoutMs: 60_000,
    });
    await assertLog(
      server,
      [
        [/\[info\].*accepting AMQP connection/, 3],
        [/\[warning\].*closing AMQP connection/, 1],
        [/\[warning\].*client unexpectedly closed TCP connection/, 1],
        [/\[info\].*user 'lifesign' authenticated and granted access/, 1],
        [/\[info\].*closing AMQP connection.*user: 'lifesign'/, 1],
        [/\[error\].*Error on AMQP connection/, 1],
        [/\[error\].*PLAIN login refused/, 1],
      ],
      /^(?!.*(?:AMQP connection|client|login|granted)).*|\[info\].*closing AMQP connection(?!.*user)/,
    );
  },
});

testRecipes(NATS, {
  ids: ["nats", "nats-login"],
  demand: RECIPES,
  env: { OPTIONS: "--user lifesign --pass secret" },
  async fn(locked) {
    const { port, folder } = locked;
    const env = { NATS_PASSWORD: "secret" };
    await passes(["nats-login"], { port, env });
    await fails("nats", /Authorization Violation/, { port });
    await fails("nats-login", /Authorization Violation/, {
      port,
      env: { NATS_PASSWORD: "wrong" },
    });
    const own = /\[INF\]/;
    await assertLog(locked, [[/authentication error/, 2]], own);
    await using open = await startServer(NATS, folder);
    await passes(["nats"], open);
    await assertLog(open, [], /\[INF\] (?!.*cid)/);
  },
});

testRecipes(MOSQUITTO, {
  ids: ["mqtt"],
  demand: RECIPES,
  env: { ANONYMOUS: "true" },
  async fn(open) {
    await passes(["mqtt"], open);
    await assertLog(open, [
      [/New connection from/, 1],
      [/New client connected/, 1],
      [/Client .* disconnected\.$/, 1],
    ], /terminating/);
    const env = { ANONYMOUS: "false" };
    await using locked = await startServer(MOSQUITTO, open.folder, env);
    await fails("mqtt", /got 20 02 00 05$/, locked);
  },
});

testRecipes(POSTFIX, {
  ids: ["smtp", "smtp-tls"],
  demand: TLS,
  async fn(server) {
    const { port } = server;
    await passes(["smtp"], server);
    await passes(["smtp-tls"], { port, options: OVER_TLS });
    await assertLog(server, [[/]: connect from/, 2], [
      /]: disconnect from .* quit=1/,
      2,
    ]], /dict_nis_init|postfix\/master/);
  },
});

testRecipes(DOVECOT, {
  ids: ["imap", "imap-login"],
  demand: TLS,
  async fn(server) {
    await passes(["imap"], server);
    const place = { port: server.port2, options: OVER_TLS };
    const env = { IMAP_PASSWORD: "secret" };
    await passes(["imap-login"], { ...place, env });
    await fails("imap-login", /got .*a NO \[AUTHENTICATIONFAILED\]/, {
      ...place,
      env: { IMAP_PASSWORD: "wrong" },
    });
    await assertLog(server, [
      [/Aborted login by logging out \(no auth attempts/, 1],
      [/Login: user=<lifesign>/, 1],
      [/Disconnected: Logged out/, 1],
      [/auth failed, 1 attempts/, 1],
    ], /master:|ssl-params|doveconf/i);
  },
});

testRecipes(SLAPD, {
  ids: ["ldap"],
  demand: RECIPES,
  env: { LEVEL: "stats" },
  async fn(server) {
    const own = /slapd (?:starting|shutdown|stopped)|daemon: shutdown/;
    await passes(["ldap"], server);
    await assertLog(server, [
      [/ ACCEPT from /, 1],
      [/ BIND dn=""/, 1],
      [/ RESULT tag=97 err=0/, 1],
      [/ closed \(connection lost\)/, 1],
    ], own);
    const env = { LEVEL: "none" };
    await using silent = await startServer(SLAPD, server.folder, env);
    await passes(["ldap"], silent);
    await assertLog(silent, [], own);
  },
});

testRecipes(SSHD, {
  ids: ["ssh"],
  demand: RECIPES,
  async fn(server) {
    await passes(["ssh"], server);
    await assertLog(
      server,
      [[/^Connection closed by .* \[preauth\]/, 1]],
      /Received signal 15/,
    );
  },
});

testRecipes(VSFTPD, {
  ids: ["ftp"],
  demand: TLS,
  async fn(server) {
    await passes(["ftp"], server);
    await assertLog(server, [[/CONNECT: Client/, 1]]);
  },
});

testRecipes(ZOOKEEPER, {
  ids: ["zookeeper"],
  demand: RECIPES,
  async fn(server) {
    const { port } = server;
    await passes(["zookeeper"], server);
    await fails("zookeeper", /got "ruok is not executed because it is not in/, {
      port,
      instead: ["srvr", "ruok"],
    });
    await assertLog(server, [
      [/INFO .*NIOServerCnxn - Processing srvr command/, 1],
    ], /^(?!.*NIOServerCnxn )/);
  },
});

tested.push("kafka", "mongodb-primary");

Deno.test("docs/recipes.md has a request of Kafka, as its protocol says", async () => {
  await using broker = kafka(0);
  await passes(["kafka"], broker);
  // UNSUPPORTED_VERSION
  await using old = kafka(35);
  await fails("kafka", /got 00 00 00 10 6c 69 66 65 00 23 /, old);
});

Deno.test("docs/recipes.md has a message to MongoDB, as its protocol says", async () => {
  await using primary = mongo({ isWritablePrimary: true });
  await passes(["mongodb-primary"], primary);
  await using secondary = mongo({ isWritablePrimary: false, secondary: true });
  await fails("mongodb-primary", /got .*isWritablePrimary/, secondary);
  await passes(["mongodb-primary"], {
    port: secondary.port,
    instead: ["isWritablePrimary\0\x01", "secondary\0\x01"],
  });
});

Deno.test("every dialogue of docs/recipes.md has a test", () => {
  assertEquals(tested.toSorted(), dialogues.toSorted());
});
