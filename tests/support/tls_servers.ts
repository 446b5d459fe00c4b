/**
 * Real servers that speak TLS, most of them in the middle of a connection, with
 * the certificate in `tls/leaf.pem`.
 *
 * @module
 */

import { testWith } from "./needs.ts";
import { startProgram } from "./program.ts";
import { closedPort, pemFiles } from "./servers.ts";

/** A server in a process of its own. */
interface RealServer extends AsyncDisposable {
  readonly port: number;
}

/** The servers that there are. */
export type TlsServer =
  | "postgres"
  | "postfix"
  | "dovecot"
  | "dovecot-pop3d"
  | "mariadb"
  | "vsftpd"
  | "openssl";

/** How a server is started. */
interface Startable {
  /** The program, or where it is. */
  readonly program: string;
  /** Whether only root can start it. */
  readonly needsRoot?: boolean;
  /**
   * A script that makes the files that the server needs in the current folder,
   * which is temporary, and then becomes the server. `$PORT`, `$CERT` and `$KEY`
   * are set.
   */
  readonly script: string;
  /** What is printed on stderr when it is ready, if that tells. */
  readonly ready?: RegExp;
}

const POSTGRES: Startable = {
  program: "postgres",
  script: `
chmod 755 . && mkdir data
cp "$CERT" server.crt && cp "$KEY" server.key && chmod 600 server.key
if [ "$(id -u)" = 0 ]; then
  # It refuses to run as root.
  chown -R postgres .
  as="setpriv --reuid=postgres --regid=postgres --clear-groups"
fi
$as initdb -D data -A trust >/dev/null
exec $as postgres -D data -p "$PORT" -c listen_addresses=127.0.0.1 \\
  -c unix_socket_directories= -c ssl=\${SSL:-on} \\
  -c ssl_cert_file="$PWD/server.crt" -c ssl_key_file="$PWD/server.key"`,
  ready: /ready to accept connections/,
};

const POSTFIX: Startable = {
  program: "postfix",
  needsRoot: true,
  script: `
chmod 755 . && mkdir etc queue data && chown postfix data
cat >etc/main.cf <<END
compatibility_level = 3.6
queue_directory = $PWD/queue
data_directory = $PWD/data
inet_interfaces = 127.0.0.1
myhostname = mail.test
mydestination =
smtpd_tls_cert_file = $CERT
smtpd_tls_key_file = $KEY
smtpd_tls_security_level = \${LEVEL:-may}
smtpd_recipient_restrictions = reject
maillog_file = $PWD/log
maillog_file_prefixes = $PWD
END
cat >etc/master.cf <<END
127.0.0.1:$PORT inet n - n - - smtpd
tlsmgr unix - - n - 1 tlsmgr
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
rewrite unix - - n - - trivial-rewrite
postlog unix-dgram n - n - 1 postlogd
END
postfix -c "$PWD/etc" check
echo ready >&2
exec "$(postconf -h daemon_directory)/master" -c "$PWD/etc" -d`,
  ready: /^ready/,
};

const DOVECOT: Startable = {
  program: "dovecot",
  needsRoot: true,
  script: `
cat >conf <<END
protocols = imap
base_dir = $PWD/run
state_dir = $PWD/state
log_path = /dev/stderr
listen = 127.0.0.1
ssl = \${SSL:-yes}
ssl_cert = <$CERT
ssl_key = <$KEY
mail_location = maildir:$PWD/mail
passdb {
  driver = static
}
service imap-login {
  inet_listener imap {
    port = $PORT
  }
  inet_listener imaps {
    port = 0
  }
}
END
exec dovecot -F -c "$PWD/conf"`,
  ready: /starting up for imap/,
};

const DOVECOT_POP3: Startable = {
  ...DOVECOT,
  program: "/usr/lib/dovecot/pop3-login",
  script: DOVECOT.script.replaceAll("imap", "pop3"),
  ready: /starting up for pop3/,
};

const MARIADB: Startable = {
  program: "mariadbd",
  script: `
chmod 755 .
mkdir data
if [ "$(id -u)" = 0 ]; then
  # It refuses to run as root.
  chown mysql data
  as="--user=mysql"
fi
cp "$KEY" key.pem && chmod 644 key.pem
mariadb-install-db --no-defaults $as --datadir="$PWD/data" \\
  --auth-root-authentication-method=normal --skip-test-db >log 2>&1
if [ "\${SSL:-on}" = on ]; then
  ssl="--ssl-cert=$CERT --ssl-key=$PWD/key.pem"
else
  ssl=--skip-ssl
fi
exec mariadbd --no-defaults $as --datadir="$PWD/data" --port="$PORT" \\
  --bind-address=127.0.0.1 --socket="$PWD/data/sock" $ssl`,
  ready: /ready for connections/,
};

const VSFTPD: Startable = {
  program: "vsftpd",
  needsRoot: true,
  script: `
mkdir empty
cat >conf <<END
listen=YES
listen_address=127.0.0.1
listen_port=$PORT
background=NO
anonymous_enable=YES
secure_chroot_dir=$PWD/empty
ssl_enable=\${SSL:-YES}
rsa_cert_file=$CERT
rsa_private_key_file=$KEY
ssl_tlsv1=YES
ssl_ciphers=HIGH
isolate=NO
isolate_network=NO
seccomp_sandbox=NO
END
exec vsftpd conf`,
};

/** It wants a certificate of each client. */
const OPENSSL: Startable = {
  program: "openssl",
  script: `
exec openssl s_server -accept "127.0.0.1:$PORT" -cert "$CERT" -key "$KEY" \\
  -Verify 1 -verify_return_error -CAfile "$CA" -quiet "$VERSION"`,
};

const SERVERS: Readonly<Record<TlsServer, Startable>> = {
  postgres: POSTGRES,
  postfix: POSTFIX,
  dovecot: DOVECOT,
  "dovecot-pop3d": DOVECOT_POP3,
  mariadb: MARIADB,
  vsftpd: VSFTPD,
  openssl: OPENSSL,
};

const isRoot = new TextDecoder().decode(
  new Deno.Command("id", { args: ["-u"] }).outputSync().stdout,
).trim() === "0";

/** A test with a server, which is not everywhere, and its port. */
export function testWithServer(
  server: TlsServer,
  name: string,
  test: (port: number) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): void {
  const startable = SERVERS[server];
  const { program, needsRoot = false } = startable;
  if (needsRoot && !isRoot) {
    const fn = (): void => {};
    Deno.test({ name: `${name} (${server} needs root)`, ignore: true, fn });
    return;
  }
  testWith({ program, demand: "LIFESIGN_TEST_TLS_SERVERS" }, {
    name,
    async fn() {
      await using started = await start(startable, env);
      await test(started.port);
    },
  });
}

async function start(
  { script, ready }: Startable,
  env: Readonly<Record<string, string>>,
): Promise<RealServer> {
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  const port = closedPort();
  const server = startProgram(["sh", "-ec", script], {
    PORT: String(port),
    CA: pemFiles.ca,
    CERT: pemFiles.cert,
    KEY: pemFiles.key,
    ...env,
  }, folder);
  if (ready !== undefined) await server.line("stderr", ready);
  await listens(port);
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.kill("SIGTERM");
      await server.ended;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Waits until a port is listened on, which may be after it was said. */
async function listens(port: number): Promise<void> {
  const giveUp = AbortSignal.timeout(60_000);
  while (true) {
    try {
      (await Deno.connect({ port, signal: giveUp })).close();
      return;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      giveUp.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
