/**
 * Real name servers, each in a process of its own. Those over TLS show the
 * certificate in `tls/leaf.pem`.
 *
 * @module
 */

import { testWith } from "./needs.ts";
import { startProgram } from "./program.ts";
import { closedPort, pemFiles } from "./servers.ts";

/** Where a server listens. */
export interface Ports {
  /** Of UDP and TCP. */
  readonly plain: number;
  readonly tls: number;
  readonly https: number;
}

interface Startable {
  /**
   * A script that makes the files that the server needs in the current folder,
   * which is temporary, and then becomes the server. `$PLAIN`, `$TLS`, `$HTTPS`,
   * `$CERT` and `$KEY` are set.
   */
  readonly script: string;
  /** What is printed on stderr when it is ready. */
  readonly ready: RegExp;
}

const SERVERS: Readonly<Record<"dnsmasq" | "named", Startable>> = {
  dnsmasq: {
    script: `
exec dnsmasq --keep-in-foreground --log-facility=- --conf-file=/dev/null \\
  --pid-file= --user="$(id -un)" --no-resolv --no-hosts --port="$PLAIN" \\
  --listen-address=127.0.0.1 --bind-interfaces --local=/shop.test/ \\
  --host-record=shop.test,10.0.0.7,fd00::7,300 \\
  --cname=www.shop.test,shop.test --mx-host=shop.test,mail.shop.test,10 \\
  --txt-record=shop.test,"v=spf1 ",-all \\
  --srv-host=_sip._tcp.shop.test,sip.shop.test,5060,1,2 \\
  --caa-record=shop.test,0,issue,ca.test`,
    ready: /started/,
  },
  named: {
    script: `
cat >zone <<END
\\$TTL 300
@ IN SOA ns.shop.test. admin.shop.test. 2026112601 3600 600 86400 60
  IN NS ns.shop.test.
  IN A 10.0.0.7
  IN AAAA fd00::7
  IN MX 10 mail.shop.test.
  IN TXT "v=spf1 " "-all"
  IN CAA 0 issue "ca.test"
  IN HTTPS 1 . alpn="h2,h3" port=8443
ns IN A 127.0.0.1
www IN CNAME shop.test.
gone IN CNAME nowhere.shop.test.
empty IN CNAME ns.shop.test.
_sip._tcp IN SRV 1 2 5060 sip.shop.test.
_443._tcp IN TLSA 3 1 1 ABCD0123
host IN SSHFP 1 1 ABABABABABABABABABABABABABABABABABABABAB
naptr IN NAPTR 1 2 "u" "E2U+sip" "!^.*\\$!sip:x!" .
END
for i in $(seq 100); do echo "many IN A 10.0.1.$i" >>zone; done
cat >conf <<END
tls own { cert-file "$CERT"; key-file "$KEY"; };
options {
  directory "$PWD";
  pid-file none;
  session-keyfile none;
  listen-on-v6 { none; };
  listen-on port $PLAIN { 127.0.0.1; };
  listen-on port $TLS tls own { 127.0.0.1; };
  listen-on port $HTTPS tls own http default { 127.0.0.1; };
  recursion no;
  dnssec-validation no;
};
controls { };
zone "shop.test" { type primary; file "$PWD/zone"; };
zone "broken.test" { type primary; file "$PWD/none"; };
END
exec named -g -c "$PWD/conf"`,
    ready: / running$/,
  },
};

/** A test with a server, which is not everywhere. */
export function testWithNameServer(
  program: keyof typeof SERVERS,
  name: string,
  test: (ports: Ports) => Promise<void>,
): void {
  testWith({ program, demand: "LIFESIGN_TEST_NAME_SERVERS" }, {
    name,
    async fn() {
      const { script, ready } = SERVERS[program];
      const folder = await Deno.makeTempDir({ dir: "/tmp" });
      const ports = {
        plain: closedPort(),
        tls: closedPort(),
        https: closedPort(),
      };
      const server = startProgram(["sh", "-ec", script], {
        PLAIN: String(ports.plain),
        TLS: String(ports.tls),
        HTTPS: String(ports.https),
        CERT: pemFiles.cert,
        KEY: pemFiles.key,
      }, folder);
      try {
        await server.line("stderr", ready);
        await test(ports);
      } finally {
        server.kill("SIGTERM");
        await server.ended;
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}
