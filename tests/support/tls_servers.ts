/**
 * Real servers that speak TLS, most of them in the middle of a connection, with
 * the certificate in `tls/leaf.pem`.
 *
 * @module
 */

import { type Startable, testServer } from "./real_server.ts";

/** The servers that there are. */
export type TlsServer =
  | "postgres"
  | "postfix"
  | "dovecot"
  | "dovecot-pop3d"
  | "mariadb"
  | "vsftpd"
  | "openssl";

/**
 * `$OPTIONS` are its, and `$HBA` says who gets in and how. It may start again in
 * the same folder.
 */
export const POSTGRES: Startable = {
  program: "postgres",
  script: `
cp "$CERT" server.crt && cp "$KEY" server.key && chmod 600 server.key
if [ "$(id -u)" = 0 ]; then
  # It refuses to run as root.
  chown -R postgres .
  as="setpriv --reuid=postgres --regid=postgres --clear-groups"
fi
[ -e data ] || $as initdb -D data -U postgres -A trust >/dev/null
[ -z "$HBA" ] || echo "$HBA" >data/pg_hba.conf
exec $as postgres -D data -p "$PORT" -c listen_addresses=127.0.0.1 \\
  -c unix_socket_directories="$PWD" -c ssl=\${SSL:-on} \\
  -c ssl_cert_file="$PWD/server.crt" -c ssl_key_file="$PWD/server.key" \\
  $OPTIONS`,
  ready: /ready to accept/,
};

export const POSTFIX: Startable = {
  program: "postfix",
  needsRoot: true,
  script: `
mkdir etc queue data && chown postfix data
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
exec "$(postconf -h daemon_directory)/master" -c "$PWD/etc" -d`,
  ready: /daemon started/,
};

/** It is at `$PORT`, and over TLS at `$PORT2`. */
export const DOVECOT: Startable = {
  program: "dovecot",
  needsRoot: true,
  script: `
mkdir home && chown nobody home
cat >conf <<END
protocols = imap
base_dir = $PWD/run
state_dir = $PWD/state
log_path = /dev/stderr
listen = 127.0.0.1
ssl = \${SSL:-yes}
ssl_cert = <$CERT
ssl_key = <$KEY
mail_location = maildir:$PWD/home/mail
auth_failure_delay = 0
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=$PWD/home
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  inet_listener imap {
    port = $PORT
  }
  inet_listener imaps {
    port = $PORT2
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

/** `$OPTIONS` are its. */
export const MARIADB: Startable = {
  program: "mariadbd",
  script: `
mkdir data
if [ "$(id -u)" = 0 ]; then
  # It refuses to run as root.
  chown mysql data
  as="--user=mysql"
fi
cp "$KEY" key.pem && chmod 644 key.pem
mariadb-install-db --no-defaults $as --datadir="$PWD/data" \\
  --auth-root-authentication-method=normal --skip-test-db
if [ "\${SSL:-on}" = on ]; then
  ssl="--ssl-cert=$CERT --ssl-key=$PWD/key.pem"
else
  ssl=--skip-ssl
fi
exec mariadbd --no-defaults $as --datadir="$PWD/data" --port="$PORT" \\
  --bind-address=127.0.0.1 --socket="$PWD/data/sock" $ssl \\
  $OPTIONS`,
  ready: /ready for connections/,
};

export const VSFTPD: Startable = {
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
xferlog_enable=YES
vsftpd_log_file=$PWD/log
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

/** A test with a server, which is not everywhere, and its port. */
export function testWithServer(
  server: TlsServer,
  name: string,
  test: (port: number) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): void {
  testServer(SERVERS[server], {
    demand: "LIFESIGN_TEST_TLS_SERVERS",
    name,
    env,
    fn: ({ port }) => test(port),
  });
}
