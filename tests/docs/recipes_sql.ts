/**
 * The tests of the recipes for databases that speak SQL.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Snapshot } from "../../mod.ts";
import { blocks } from "../support/docs.ts";
import { lifesign, temporaryFile } from "../support/program.ts";
import { startServer } from "../support/real_server.ts";
import { pemFiles } from "../support/servers.ts";
import { MARIADB, POSTGRES } from "../support/tls_servers.ts";
import { assertLog, configOf, fails, passes, testRecipes } from "./recipes.ts";

/** What CI demands with the servers of other tests. */
const TLS = "LIFESIGN_TEST_TLS_SERVERS";

/** Runs a program, which has to succeed, and returns what it prints. */
async function output(program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args })
    .output();
  const decoder = new TextDecoder();
  assert(success, decoder.decode(stderr));
  return decoder.decode(stdout);
}

/** A block of the docs for the clients at an address. */
async function blockFor(what: string, address: string): Promise<string> {
  const [text] = await blocks("recipes", what);
  return text!.replace("192.0.2.10", address);
}

const LOGGING = "-c log_connections=on -c log_disconnections=on";
const ADMIN = "local all postgres trust";

testRecipes(POSTGRES, {
  ids: ["postgres", "postgres-primary", "postgres-tls"],
  demand: TLS,
  env: {
    OPTIONS: LOGGING,
    HBA: `${ADMIN}\nhost all all 127.0.0.1/32 scram-sha-256`,
  },
  async fn(locked) {
    const { folder } = locked;
    // What it says about itself and its administrator.
    const own =
      /LOG: {2}(?!(?:dis)?connection|could not)|\[local\]|user=postgres|connection authenticated/;
    await passes(["postgres"], locked);
    await assertLog(locked, [[/LOG: {2}connection received:/, 1]], own);

    const hba = await blockFor("pg_hba", "127.0.0.1");
    const env = { OPTIONS: LOGGING, HBA: `${ADMIN}\n${hba}` };
    await using open = await startServer(POSTGRES, folder, env);
    const { port } = open;
    await output(
      "psql",
      ...["-h", folder, "-p", `${port}`, "-U", "postgres"],
      ...["-c", await blockFor("postgres", "127.0.0.1")],
    );
    await passes(["postgres", "postgres-primary"], open);
    await passes(["postgres-tls"], {
      port,
      options: { host: "localhost", ca: pemFiles.ca },
    });
    await fails("postgres", /FATAL.* C28000 Mno pg_hba\.conf entry/, {
      port,
      instead: ["lifesign", "lifesigm"],
    });
    await assertLog(open, [
      [/LOG: {2}connection received:/, 4],
      [/LOG: {2}connection authorized:/, 3],
      [/LOG: {2}disconnection:/, 3],
      [/FATAL/, 1],
    ], own);

    await Deno.writeTextFile(`${folder}/data/standby.signal`, "");
    await using standby = await startServer(POSTGRES, folder, env);
    await passes(["postgres"], standby);
    await passes(["postgres-primary"], {
      port: standby.port,
      instead: ["in_hot_standby\0off", "in_hot_standby\0on"],
    });
    await fails("postgres-primary", /in_hot_standby off/, standby);
  },
});

/** An address of this machine whose connections servers count, if any. */
async function countedAddress(): Promise<string> {
  const addresses = (await output("hostname", "-I")).split(/\s+/);
  return addresses.find((address) => /^\d+\./.test(address)) ?? "127.0.0.1";
}

/** The reasons of the checks of a config, each once; "" of those that pass. */
async function reasonsOf(config: string): Promise<string[]> {
  await using file = await temporaryFile(config);
  const { stdout } = await lifesign(["check", "--format=json", file.path]);
  const snapshots: Snapshot[] = JSON.parse(stdout);
  return snapshots.map(({ reason }) => reason?.message ?? "");
}

const address = await countedAddress();

testRecipes(MARIADB, {
  ids: ["mariadb", "mariadb-primary"],
  demand: TLS,
  env: { OPTIONS: `--bind-address=${address} --max-connect-errors=3` },
  async fn(server) {
    const { port, folder } = server;
    const place = { port, options: { host: address } };
    const execute = (query: string): Promise<string> =>
      output(
        "mariadb",
        ...["--no-defaults", `--socket=${folder}/data/sock`, "-uroot"],
        ...["-e", query],
      );

    const login = configOf("mariadb", place, 5);
    await execute("CREATE USER other@'%'");
    for (const reason of await reasonsOf(login)) {
      assert(/Access denied for user 'lifesign'/.test(reason), reason);
    }
    await execute(await blockFor("mariadb", address));
    assertEquals(await reasonsOf(login), Array(5).fill(""));
    const primary = configOf("mariadb-primary", place);
    assertEquals(await reasonsOf(primary), [""]);
    await execute("SET GLOBAL read_only = 1");
    const [replica] = await reasonsOf(primary);
    assert(/got .*read_only=ON/.test(replica!), replica);

    // The greeting alone gets the host blocked.
    const greeting = configOf("mariadb", {
      port,
      options: {
        host: address,
        steps: [{ expect: { matches: "mysql_native_password" } }],
      },
    }, 5);
    await reasonsOf(greeting);
    if (address !== "127.0.0.1") {
      for (const reason of await reasonsOf(login)) {
        assert(/ got .. 00 00 00 ff 69 04 /.test(reason), reason);
      }
    }
    await assertLog(server, [
      [/Access denied for user 'lifesign'/, 5],
      [/Aborted connection .* user: 'lifesign'/, 1],
    ], /\[Note\]|could not be resolved|user: 'unauthenticated'|^Version/);
  },
});
