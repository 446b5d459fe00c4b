import { assertEquals, assertMatch } from "@std/assert";
import type { Delivery } from "../../../../src/core/notify/status.ts";
import { flagsOf } from "../../../../src/io/permission_flags.ts";
import type { EmailOptions } from "../../../../src/sinks/notify/mail/deliver.ts";
import type { Letter } from "../../../../src/sinks/notify/receiver.ts";
import { email } from "../../../../src/sinks/notify/receivers/email.ts";
import { LETTERS } from "../../../support/letters.ts";
import { header, parsedMail, PARSER } from "../../../support/mail.ts";
import { testWith } from "../../../support/needs.ts";
import { runScript } from "../../../support/program.ts";
import {
  closedPort,
  pem,
  pemFiles,
  say,
  tcpServer,
} from "../../../support/servers.ts";
import { bytesOf, smtpServer } from "../../../support/smtp.ts";

const ADDRESSES = { from: "Lifesign <l@a.example>", to: ["x@b.example"] };

const TLS = { cert: pem.cert, key: pem.key };

const LOGIN = { user: "me", password: "pa/ss@word" };

/** As it may come of a variable. */
const ME = "me:pa/ss@word@";

/** Far longer than a delivery takes. */
const PATIENCE_MS = 30_000;

type Outcome = Delivery & { readonly said: readonly string[] };

/** Delivers a letter, and returns what came of it and what the user was told. */
async function deliver(
  options: Partial<EmailOptions> & { readonly url: string },
  { letter = LETTERS.down, ms = PATIENCE_MS, until }: {
    letter?: Letter;
    ms?: number;
    until?: Promise<unknown>;
  } = {},
): Promise<Outcome> {
  const said: string[] = [];
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), ms);
  until?.then(() => deadline.abort());
  const delivery = await email.deliver!(letter, { ...ADDRESSES, ...options }, {
    signal: deadline.signal,
    say: (message) => said.push(message),
    send: () => Promise.reject(new Error("mail is not sent by HTTP")),
  });
  clearTimeout(timer);
  return { ...delivery, said };
}

/** A failure with nothing said. */
function failed(
  why: string,
  changes: { isFinal?: boolean; mayHaveArrived?: boolean } = {},
): Outcome {
  return {
    ok: false,
    why,
    isFinal: false,
    mayHaveArrived: false,
    ...changes,
    said: [],
  };
}

const TAKEN: Outcome = { ok: true, answer: "250 Taken", said: [] };

Deno.test("email sends over STARTTLS, and says who it is only then", async () => {
  await using server = await smtpServer({ tls: TLS, login: LOGIN });
  const url = `smtp://${ME}localhost:${server.port}`;
  assertEquals(await deliver({ url, ca: pemFiles.ca }), TAKEN);
  const { content: _, ...taken } = await server.taken();
  assertEquals(taken, {
    from: "l@a.example",
    to: ["x@b.example"],
    isSecure: true,
    user: "me",
    hello: "[127.0.0.1]",
  });
  assertEquals(
    await deliver({ url, ca: pem.ca, to: "y@b.example", cc: ["z@b.example"] }),
    TAKEN,
  );
  assertEquals((await server.taken()).to, ["y@b.example", "z@b.example"]);
});

Deno.test("email logs in as the server asks for it", async () => {
  for (const method of ["PLAIN", "LOGIN", "CRAM-MD5"]) {
    const login = { ...LOGIN, methods: [method] };
    await using server = await smtpServer({ tls: TLS, login });
    const url = `smtp://${ME}localhost:${server.port}`;
    assertEquals(await deliver({ url, ca: pem.ca }), TAKEN, method);
    assertEquals((await server.taken()).user, "me");
  }
});

Deno.test("email begins with TLS where the URL says smtps", async () => {
  await using server = await smtpServer({ tls: TLS, isSecure: true });
  const url = `smtps://localhost:${server.port}`;
  assertEquals(await deliver({ url, ca: pem.ca }), TAKEN);
  assertEquals((await server.taken()).isSecure, true);
  assertEquals(
    await deliver({ url }),
    failed(
      `the certificate of localhost:${server.port} is not trusted: it was issued by an unknown authority`,
    ),
  );
});

Deno.test("email verifies the certificate, unless it takes any", async () => {
  await using server = await smtpServer({ tls: TLS, login: LOGIN });
  const url = `smtp://${ME}localhost:${server.port}`;
  assertEquals(
    await deliver({ url }),
    failed(
      `the certificate of localhost:${server.port} is not trusted: it was issued by an unknown authority`,
    ),
  );
  assertEquals(await deliver({ url, tls: "opportunistic" }), TAKEN);
  assertEquals((await server.taken()).isSecure, true);
});

Deno.test("email sends nothing in the clear unless it is told to", async () => {
  const login = { ...LOGIN, isInsecure: true };
  await using server = await smtpServer({ login });
  const where = `127.0.0.1:${server.port}`;
  const url = `smtp://${ME}${where}`;
  assertEquals(
    await deliver({ url, ca: pem.ca }),
    failed(
      `${where} offers no TLS, as tls: required expects: 500 Error: command not recognized`,
    ),
  );
  assertEquals(
    await deliver({ url, tls: "opportunistic" }),
    failed(
      `${where} offers no TLS, and the password is sent without it only with tls: none`,
    ),
  );
  assertEquals(await deliver({ url, tls: "none" }), TAKEN);
  assertEquals((await server.taken()).isSecure, false);
  await using open = await smtpServer();
  const plain = `smtp://127.0.0.1:${open.port}`;
  assertEquals(await deliver({ url: plain, tls: "opportunistic" }), TAKEN);
});

Deno.test("email does not try a wrong password again, but one that the server cannot check", async () => {
  for (
    const [answer, isFinal] of [
      ["535 5.7.8 Authentication failed", true],
      ["454 4.7.0 Temporary authentication failure", false],
    ] as const
  ) {
    const login = { ...LOGIN, password: "another", answer };
    await using server = await smtpServer({ tls: TLS, login });
    const where = `localhost:${server.port}`;
    assertEquals(
      await deliver({ url: `smtp://${ME}${where}`, ca: pem.ca }),
      failed(`${where} refused the login: ${answer}`, { isFinal }),
    );
  }
});

Deno.test("email says that it has to log in", async () => {
  await using server = await smtpServer({ tls: TLS, login: LOGIN });
  const where = `localhost:${server.port}`;
  assertEquals(
    await deliver({ url: `smtp://${where}`, ca: pem.ca }),
    failed(
      `${where} refused the sender: 530 Error: authentication Required`,
      { isFinal: true },
    ),
  );
});

Deno.test("email tries again what is refused for now, and nothing else", async () => {
  const cases: readonly (readonly [
    behaviour: Parameters<typeof smtpServer>[0],
    why: string,
    isFinal: boolean,
  ])[] = [
    [{ answer: "550 5.7.1 Spam" }, "refused the message: 550 5.7.1 Spam", true],
    [{ answer: "451 Later" }, "refused the message: 451 Later", false],
    [{ answer: "421 Going" }, "refused the message: 421 Going", false],
    [
      { refuses: { "l@a.example": "550 Who?" } },
      "refused the sender: 550 Who?",
      true,
    ],
    [
      { refuses: { "l@a.example": "450 Later" } },
      "refused the sender: 450 Later",
      false,
    ],
    [
      { refuses: { "x@b.example": "550 Nobody" } },
      "refused x@b.example: 550 Nobody",
      true,
    ],
    [
      { refuses: { "x@b.example": "450 Later" } },
      "refused for now x@b.example: 450 Later",
      false,
    ],
  ];
  for (const [behaviour, why, isFinal] of cases) {
    await using server = await smtpServer(behaviour);
    const where = `127.0.0.1:${server.port}`;
    assertEquals(
      await deliver({ url: `smtp://${where}`, tls: "none" }),
      failed(`${where} ${why}`, { isFinal }),
    );
  }
});

Deno.test("email tells whom the server refused, and the others get it", async () => {
  const refuses = { "n@b.example": "550 5.1.1 Nobody" };
  await using server = await smtpServer({ refuses });
  const where = `127.0.0.1:${server.port}`;
  const to = ["n@b.example", "x@b.example"];
  const why = `${where} refused n@b.example: 550 5.1.1 Nobody`;
  assertEquals(await deliver({ url: `smtp://${where}`, tls: "none", to }), {
    ok: true,
    answer: `250 Taken; ${why}`,
    said: [`Some did not get "${LETTERS.down.title}": ${why}`],
  });
  assertEquals((await server.taken()).to, ["x@b.example"]);
});

Deno.test("email tries again for whom it was refused for now alone", async () => {
  const to = ["n@b.example", "g@b.example", "x@b.example", "x@b.example"];
  const refuses = { "n@b.example": "550 Nobody", "g@b.example": "450 Later" };
  const letter = { ...LETTERS.down, id: crypto.randomUUID() };
  await using busy = await smtpServer({ refuses });
  const url = `smtp://127.0.0.1:${busy.port}`;
  const first = await deliver({ url, tls: "none", to }, { letter });
  assertEquals(
    first,
    failed(`127.0.0.1:${busy.port} refused for now g@b.example: 450 Later`, {
      mayHaveArrived: true,
    }),
  );
  assertEquals((await busy.taken()).to, ["x@b.example"]);
  // What fails in between forgets nothing.
  const closed = `smtp://127.0.0.1:${closedPort()}`;
  const second = await deliver({ url: closed, tls: "none", to }, { letter });
  assertEquals(second.ok ? null : second.mayHaveArrived, true);
  await using free = await smtpServer();
  const last = `smtp://127.0.0.1:${free.port}`;
  const third = await deliver({ url: last, tls: "none", to }, { letter });
  assertEquals(third.ok, true);
  assertEquals(third.said.length, 1);
  assertEquals((await free.taken()).to, ["g@b.example"]);
});

Deno.test("email gives up a message that nobody may get any more", async () => {
  const letter = { ...LETTERS.down, id: crypto.randomUUID() };
  const to = ["g@b.example"];
  const outcomes: Outcome[] = [];
  for (const answer of ["450 Later", "550 Never"]) {
    const refuses = { "g@b.example": answer };
    await using server = await smtpServer({ refuses });
    const url = `smtp://127.0.0.1:${server.port}`;
    outcomes.push(await deliver({ url, tls: "none", to }, { letter }));
  }
  assertEquals(
    outcomes.map((it) => it.ok ? null : [it.isFinal, it.mayHaveArrived]),
    [[false, false], [true, false]],
  );
});

Deno.test("email says what a server does that is none, or is busy", async () => {
  const cases: readonly (readonly [
    lines: readonly string[],
    why: string,
    isFinal?: true,
  ])[] = [
    [["SSH-2.0-OpenSSH_9.2"], 'does not speak SMTP: got "SSH-2.0-OpenSSH_9.2"'],
    [["554 No service"], "refused the session: 554 No service", true],
    [["421 Too busy"], "refused the session: 421 Too busy"],
    [[], "closed the connection"],
    [["220 hello"], "closed the connection"],
    [
      ["220 hello", "250-x\r\n250 STARTTLS", "220 go", "no TLS"],
      "does not speak TLS",
    ],
  ];
  for (const [lines, why, isFinal = false] of cases) {
    await using server = tcpServer(async (conn) => {
      for (const [i, line] of lines.entries()) {
        if (i > 0) await conn.read(new Uint8Array(1000));
        await say(conn, `${line}\r\n`);
      }
      conn.close();
    });
    assertEquals(
      await deliver({ url: `smtp://${server.authority}` }),
      failed(`${server.authority} ${why}`, { isFinal }),
    );
  }
});

Deno.test("email says where it was at its deadline, and whether the message may have arrived", async () => {
  const greeted = Promise.withResolvers<void>();
  await using silent = tcpServer(async (conn) => {
    if (await conn.read(new Uint8Array(1000)) !== null) greeted.resolve();
  });
  const where = silent.authority;
  assertEquals(
    await deliver({ url: `smtp://${where}` }, { ms: 2000 }),
    failed(
      `timed out at ${where} while waiting for the greeting: expected smtps:// if TLS comes first`,
    ),
  );
  assertEquals(
    await deliver({ url: `smtps://${where}` }, { until: greeted.promise }),
    failed(`timed out at ${where} while starting TLS`),
  );
  await using server = await smtpServer({ answer: "" });
  const url = `smtp://127.0.0.1:${server.port}`;
  assertEquals(
    await deliver({ url, tls: "none" }, { until: server.taken() }),
    failed(
      `timed out at 127.0.0.1:${server.port} while waiting for the answer to the message`,
      { mayHaveArrived: true },
    ),
  );
});

Deno.test("email says that there is no server", async () => {
  const where = `127.0.0.1:${closedPort()}`;
  assertEquals(
    await deliver({ url: `smtp://${where}` }),
    failed(`${where} refused the connection`),
  );
  assertEquals(
    await deliver({ url: "smtp://lifesign.invalid" }),
    failed("cannot resolve lifesign.invalid"),
  );
});

Deno.test("email says that it cannot read ca", async () => {
  const url = `smtp://127.0.0.1:${closedPort()}`;
  assertEquals(
    await deliver({ url, ca: "/tmp/lifesign-none.pem" }),
    failed("cannot read ca /tmp/lifesign-none.pem: no such file"),
  );
  assertEquals(
    await deliver({ url, ca: "deno.json" }),
    failed("expected certificates as PEM in ca deno.json, got none"),
  );
});

testWith(PARSER, {
  name:
    "what a server gets is what was sent, with dots at the beginning of lines",
  async fn() {
    await using server = await smtpServer();
    const url = `smtp://127.0.0.1:${server.port}`;
    const text = ".\r\n..\nFrom here\n.hidden";
    const letter = { ...LETTERS.hostile, text };
    assertEquals(await deliver({ url, tls: "none" }, { letter }), TAKEN);
    const mail = await parsedMail(bytesOf(await server.taken()));
    assertEquals(mail.defects, []);
    assertEquals(header(mail, "subject"), [letter.title]);
    assertEquals(
      mail.parts[0]?.[1].replaceAll("\r\n", "\n").includes(
        "\n\n.\n..\nFrom here\n.hidden\n\n-- ",
      ),
      true,
      mail.parts[0]?.[1],
    );
  },
});

Deno.test("email needs the permissions that it says, and no others", async () => {
  await using server = await smtpServer({ tls: TLS, login: LOGIN });
  for (const host of ["localhost", "127.0.0.1"]) {
    const url = `smtp://${ME}${host}:${server.port}`;
    const options = { ...ADDRESSES, url, ca: pemFiles.ca };
    const needs = email.needs(options);
    const run = async (flags: readonly string[]) => {
      const { stdout, stderr } = await runScript(
        "tests/support/deliver_main.ts",
        { flags, args: [JSON.stringify(options)] },
      );
      assertEquals(stderr, "");
      return JSON.parse(stdout);
    };
    assertEquals(await run(flagsOf(needs)), {
      ok: true,
      answer: "250 Taken",
    });
    const [net] = flagsOf([needs[0]!]);
    const { why } = await run(flagsOf([needs[1]!]));
    assertEquals(why, `not allowed by Deno: run with ${net}`);
  }
});

Deno.test("email has secrets in its URL alone", () => {
  const options = { ...ADDRESSES, url: `smtp://${ME}mail.example` };
  assertEquals(email.secrets({ ...options, url: "smtp://mail.example" }), []);
  assertEquals(email.secrets(options), [
    "pa/ss@word",
    btoa("pa/ss@word"),
    btoa("\0me\0pa/ss@word"),
  ]);
});

Deno.test("email finds options that do not go together", () => {
  const cases = [
    [{ url: "smtp://m.example:0" }, ["url"]],
    [{ url: "smtp://m.example:70000" }, ["url"]],
    [{ url: "smtps://m.example", tls: "required" }, ["tls"]],
    [{ url: "smtp://m.example", tls: "opportunistic", ca: "x.pem" }, ["ca"]],
    [{ url: "smtp://m.example", tls: "required", ca: "x.pem" }, []],
    [{ url: "smtps://m.example", ca: "x.pem" }, []],
  ] as const;
  for (const [options, expected] of cases) {
    const problems = email.problems!({ ...ADDRESSES, ...options });
    assertEquals(problems.map(({ option }) => option), [...expected]);
    for (const { problem } of problems) assertMatch(problem, /^expected /);
  }
});
