// A real mail server that is strict, from its port to a mailbox.

import { assertEquals, assertMatch } from "@std/assert";
import { deliver } from "../../../../src/sinks/notify/mail/deliver.ts";
import { LETTERS } from "../../../support/letters.ts";
import { header, parsedMails, PARSER } from "../../../support/mail.ts";
import { has } from "../../../support/needs.ts";
import { type Startable, testServer } from "../../../support/real_server.ts";
import { pem } from "../../../support/servers.ts";

const POSTFIX: Startable = {
  // It needs both.
  program: has(PARSER.program) ? "postfix" : PARSER.program,
  needsRoot: true,
  script: `
mkdir etc queue data mail && chown postfix data && chown nobody mail
cat >etc/main.cf <<END
compatibility_level = 3.6
queue_directory = $PWD/queue
data_directory = $PWD/data
inet_interfaces = 127.0.0.1
myhostname = mail.test
mydestination =
mynetworks =
smtpd_tls_cert_file = $CERT
smtpd_tls_key_file = $KEY
smtpd_tls_security_level = encrypt
smtpd_helo_required = yes
smtpd_helo_restrictions = reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname
smtpd_sender_restrictions = reject_non_fqdn_sender
smtpd_recipient_restrictions = reject_unauth_destination
smtpd_data_restrictions = reject_unauth_pipelining
strict_rfc821_envelopes = yes
strict_7bit_headers = yes
strict_8bitmime = yes
virtual_mailbox_domains = b.test
virtual_mailbox_maps = inline:{ x@b.test=x/ }
virtual_mailbox_base = $PWD/mail
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
maillog_file = $PWD/log
maillog_file_prefixes = $PWD
END
cat >etc/master.cf <<END
127.0.0.1:$PORT inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
virtual unix - n n - - virtual
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
tlsmgr unix - - n - 1 tlsmgr
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
END
postfix -c "$PWD/etc" check
exec "$(postconf -h daemon_directory)/master" -c "$PWD/etc" -d`,
  ready: /daemon started/,
};

testServer(POSTFIX, {
  name: "a mailbox of Postfix gets every kind of letter, as Python reads it",
  demand: "LIFESIGN_TEST_TLS_SERVERS",
  async fn({ port, folder }) {
    const options = {
      url: `smtp://127.0.0.1:${port}`,
      from: "Lifesign <lifesign@a.test>",
      to: ["Jörg <x@b.test>", "none@b.test"],
      ca: pem.ca,
    };
    const signal = new AbortController().signal;
    for (const [name, letter] of Object.entries(LETTERS)) {
      const said: string[] = [];
      const say = (message: string): void => void said.push(message);
      const delivery = await deliver(letter, options, { signal, say });
      if (!delivery.ok) throw new Error(`${name}: ${delivery.why}`);
      assertMatch(delivery.answer, /^250 2\.0\.0 Ok: queued as \w+; /);
      assertMatch(said.join(), /refused none@b\.test: 550 5\.1\.1 /, name);
    }
    const letters = Object.values(LETTERS);
    const contents: Uint8Array[] = [];
    for await (const content of newMails(`${folder}/mail/x/new`)) {
      contents.push(content);
      if (contents.length === letters.length) break;
    }
    const mails = await parsedMails(contents);
    for (const mail of mails) {
      assertEquals(mail.defects, []);
      assertEquals(header(mail, "delivered-to"), ["x@b.test"]);
    }
    assertEquals(
      mails.flatMap((mail) => header(mail, "subject")).sort(),
      letters.map(({ title }) => title).sort(),
    );
  },
});

/** The mails in a folder, as they come. */
async function* newMails(folder: string): AsyncGenerator<Uint8Array> {
  const seen = new Set<string>();
  while (true) {
    for (const name of namesIn(folder)) {
      if (seen.has(name)) continue;
      seen.add(name);
      yield await Deno.readFile(`${folder}/${name}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The names of the files in a folder, which may not be there yet. */
function namesIn(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
