/**
 * Servers of docs/recipes.md that are not in `tls_servers.ts`.
 *
 * @module
 */

import type { Startable } from "./real_server.ts";

/** Runs a server as a user that is not root, if this is root. */
function as(user: string, group = user): string {
  return `
as=
if [ "$(id -u)" = 0 ]; then
  chown -R ${user}:${group} .
  as="setpriv --reuid=${user} --regid=${group} --clear-groups"
fi`;
}

/** `$OPTIONS` are its. */
export const REDIS: Startable = {
  program: "redis-server",
  script: `
exec redis-server --bind 127.0.0.1 --port "$PORT" --save "" --dir . $OPTIONS`,
  ready: /Ready to accept connections/,
};

/** It watches the master at `$MASTER`. */
export const SENTINEL: Startable = {
  program: "redis-server",
  script: `
cat >conf <<END
bind 127.0.0.1
port $PORT
sentinel monitor main 127.0.0.1 $MASTER 1
sentinel auth-pass main secret
END
exec redis-server conf --sentinel`,
  ready: /\+monitor master main/,
};

export const MEMCACHED: Startable = {
  program: "memcached",
  script: `
${as("nobody", "nogroup")}
exec $as memcached -l 127.0.0.1 -p "$PORT" -U 0`,
};

/** It has a port mapper of its own, which ends with it. */
export const RABBITMQ: Startable = {
  program: "/usr/lib/rabbitmq/bin/rabbitmq-server",
  script: `
cat >conf.conf <<END
default_user = lifesign
default_pass = lifesign
END
${as("rabbitmq")}
export HOME="$PWD" ERL_EPMD_PORT="$PORT2" ERL_EPMD_ADDRESS=127.0.0.1
export RABBITMQ_NODENAME=lifesign@localhost RABBITMQ_NODE_PORT="$PORT"
export RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_DIST_PORT="$DIST_PORT"
export RABBITMQ_MNESIA_BASE="$PWD/data" RABBITMQ_LOGS=-
export RABBITMQ_ENABLED_PLUGINS_FILE="$PWD/plugins"
export RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_CONFIG_FILE="$PWD/conf"
epmd -port "$PORT2" &
epmd=$!
$as /usr/lib/rabbitmq/bin/rabbitmq-server &
server=$!
trap 'kill $server' TERM
wait $server || true
trap - TERM
wait $server || true
kill $epmd`,
  ready: /Server startup complete/,
};

/** `$OPTIONS` are its. */
export const NATS: Startable = {
  program: "nats-server",
  script: `exec nats-server -a 127.0.0.1 -p "$PORT" $OPTIONS`,
  ready: /Server is ready/,
};

/** It takes anonymous clients if `$ANONYMOUS` is `true`. */
export const MOSQUITTO: Startable = {
  program: "mosquitto",
  script: `
${as("nobody", "nogroup")}
echo "listener $PORT 127.0.0.1
allow_anonymous $ANONYMOUS" >conf
exec $as mosquitto -c conf`,
  ready: /mosquitto version .* running/,
};

/** It logs as `$LEVEL` says. */
export const SLAPD: Startable = {
  program: "slapd",
  script: `
${as("openldap")}
cat >conf <<END
modulepath /usr/lib/ldap
moduleload back_mdb
include /etc/ldap/schema/core.schema
database mdb
suffix dc=test
directory $PWD
END
exec $as slapd -h "ldap://127.0.0.1:$PORT" -f conf -d "$LEVEL"`,
};

export const SSHD: Startable = {
  program: "/usr/sbin/sshd",
  needsRoot: true,
  script: `
mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N "" -f key
exec /usr/sbin/sshd -D -e -f /dev/null -p "$PORT" -h "$PWD/key" \\
  -o ListenAddress=127.0.0.1`,
  ready: /Server listening/,
};

export const ZOOKEEPER: Startable = {
  program: "/usr/share/java/zookeeper.jar",
  script: `
cat >zoo.cfg <<END
dataDir=$PWD/data
clientPort=$PORT
clientPortAddress=127.0.0.1
admin.enableServer=false
END
java=/usr/share/java
exec java -cp "$java/zookeeper.jar:$java/slf4j-simple.jar" \\
  org.apache.zookeeper.server.quorum.QuorumPeerMain zoo.cfg`,
  ready: /ContainerManager - Using/,
};
