import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { compose } from "../../../../src/sinks/notify/mail/compose.ts";
import { mailboxOf } from "../../../../src/sinks/notify/mail/mailbox.ts";
import type { Letter } from "../../../../src/sinks/notify/receiver.ts";
import { HOSTILE, letter, LETTERS, told } from "../../../support/letters.ts";
import {
  header,
  type ParsedMail,
  parsedMail,
  parsedMails,
  PARSER,
} from "../../../support/mail.ts";
import { testWith } from "../../../support/needs.ts";

const ADDRESSEES = {
  from: mailboxOf("Lifesign <lifesign@a.example>"),
  to: [mailboxOf("Jörg Müller, Nacht <joerg@b.example>")],
  cc: [mailboxOf("c@b.example"), mailboxOf("d@b.example")],
};

async function mailsOf(letters: readonly Letter[]): Promise<ParsedMail[]> {
  const composed = letters.map((letter) => compose(letter, ADDRESSEES));
  const mails = await parsedMails(
    (await Promise.all(composed)).map(({ content }) => content),
  );
  for (const { defects } of mails) assertEquals(defects, []);
  return mails;
}

async function mailOf(letter: Letter): Promise<ParsedMail> {
  const [mail] = await mailsOf([letter]);
  return mail!;
}

testWith(PARSER, {
  name: "a mail has the letter as text and as HTML, for each kind of letter",
  async fn() {
    const mails = await mailsOf(Object.values(LETTERS));
    for (const [i, [name, letter]] of Object.entries(LETTERS).entries()) {
      const mail = mails[i]!;
      assertEquals(header(mail, "subject"), [letter.title], name);
      assertEquals(mail.type, "multipart/alternative");
      const [text, html] = mail.parts;
      assertEquals(mail.parts.length, 2);
      assertEquals(text?.[0], "text/plain");
      assertEquals(
        text?.[1].replaceAll("\r\n", "\n"),
        `${letter.title}\n\n${letter.text}\n\n-- \nlifesign/0.2.0\n`,
      );
      assertEquals(html?.[0], "text/html");
      assertEquals(html?.[1].replaceAll("\r\n", "\n"), letter.html());
    }
  },
});

testWith(PARSER, {
  name:
    "a mail says who it is from and for, when it was sent, and that it answers nobody",
  async fn() {
    const mail = await mailOf(LETTERS.down);
    assertEquals(header(mail, "from"), ["Lifesign <lifesign@a.example>"]);
    assertEquals(mail.to, [["Jörg Müller, Nacht", "joerg@b.example"]]);
    assertEquals(header(mail, "cc"), ["c@b.example, d@b.example"]);
    assertEquals(mail.date, "2026-11-26T12:00:00+00:00");
    assertEquals(header(mail, "auto-submitted"), ["auto-generated"]);
    assertEquals(header(mail, "bcc"), []);
  },
});

testWith(PARSER, {
  name: "nothing in a letter makes a header, or a line that is too long",
  async fn() {
    const { content } = await compose(LETTERS.hostile, ADDRESSEES);
    const mail = await parsedMail(content);
    assertEquals(mail.headers.map(([name]) => name.toLowerCase()).sort(), [
      "auto-submitted",
      "cc",
      "content-type",
      "date",
      "from",
      "in-reply-to",
      "message-id",
      "mime-version",
      "references",
      "subject",
      "to",
      "x-auto-response-suppress",
    ]);
    const subject = header(mail, "subject")[0]!;
    assert(subject.startsWith("DOWN </b><script>"), subject);
    for (const line of new TextDecoder().decode(content).split("\r\n")) {
      assert(line.length <= 78 || !line.includes(" "), line);
      assert(line.length <= 998 && !/[\r\n]/.test(line), line);
    }
  },
});

testWith(PARSER, {
  name: "all mails about an incident are of one thread, and others are not",
  async fn() {
    const [web, api, db] = ["web", "api", "db"].map((check) => told({ check }));
    const mails = await mailsOf([
      letter({ event: "down", incidents: [web!] }),
      letter({ event: "reminder", incidents: [web!] }),
      letter({ event: "degraded", incidents: [web!] }),
      letter({ event: "up", incidents: [web!] }),
      letter({ event: "down", incidents: [api!] }),
      // Ends of what two messages began.
      letter({
        event: "up",
        incidents: [web!, { ...db!, key: web!.key }, api!],
      }),
      LETTERS.test,
    ]);
    const threads = mails.map((mail) => {
      const references = header(mail, "references");
      assertEquals(header(mail, "in-reply-to"), references);
      return references.join();
    });
    const [begin, other] = [threads[0]!, threads[4]!];
    assertEquals(begin, "<incident.0mihxsc00-web@a.example>");
    assertNotEquals(other, begin);
    assertEquals(threads, [
      ...[begin, begin, begin, begin],
      other,
      `${begin} ${other}`,
      "",
    ]);
  },
});

Deno.test("a mail has the same id however often it is sent, and others have others", async () => {
  const id = async (letter: Letter, to = "x@b.example") =>
    (await compose(letter, { ...ADDRESSEES, to: [mailboxOf(to)] })).messageId;
  const first = await id(LETTERS.down);
  assertEquals(
    await id({ ...LETTERS.down, now: LETTERS.down.now + 60_000 }),
    first,
  );
  assertNotEquals(await id(LETTERS.down, "y@b.example"), first);
  assertNotEquals(
    await id({ ...LETTERS.recovered, id: LETTERS.down.id }),
    first,
  );
  assert(/^<[\w.=-]+@a\.example>$/.test(first), first);
  const hostile = await id({ ...LETTERS.down, id: `>\r\nX: ${HOSTILE}` });
  assert(/^<[\w.=-]+@a\.example>$/.test(hostile), hostile);
});
