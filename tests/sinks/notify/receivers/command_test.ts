import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Delivery } from "../../../../src/core/notify/status.ts";
import { cut } from "../../../../src/core/text.ts";
import type { Letter } from "../../../../src/sinks/notify/receiver.ts";
import { command } from "../../../../src/sinks/notify/receivers/command.ts";
import { letterJson } from "../../../../src/sinks/notify/wire/letter_json.ts";
import { makeFifo } from "../../../support/fifo.ts";
import { letter, LETTERS, told } from "../../../support/letters.ts";
import { deliver, problemsOf } from "../../../support/receive.ts";
import { ALL_LETTERS } from "./service.ts";

/** What a command finds in its environment and on its standard input. */
async function foundBy(
  letter: Letter,
): Promise<{ env: Record<string, string>; input: string }> {
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  try {
    const script = `cat >${folder}/input; env -0 >${folder}/env`;
    const delivery = await deliver(command, letter, { command: script });
    assertEquals(delivery, { ok: true, answer: "exit code 0" });
    const env = (await Deno.readTextFile(`${folder}/env`)).split("\0")
      .filter((entry) => /^LIFESIGN_/.test(entry))
      .map((entry) => /^LIFESIGN_(.*?)=(.*)$/s.exec(entry)!.slice(1));
    return {
      env: Object.fromEntries(env),
      input: await Deno.readTextFile(`${folder}/input`),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function toldBy(line: string): Promise<Delivery> {
  return deliver(command, LETTERS.down, { command: line });
}

Deno.test("a command has JSON on its input, and the most of it in variables", async () => {
  const { env, input } = await foundBy(LETTERS.down);
  assertEquals(input.at(-1), "\n");
  assertEquals(JSON.parse(input), { ...letterJson(LETTERS.down) });
  const variables = Object.entries(env).filter(([name]) =>
    // Those that say which tests are to run.
    name !== "ATTEMPT" && !name.startsWith("TEST_")
  );
  assertEquals(Object.fromEntries(variables), {
    TITLE: LETTERS.down.title,
    TEXT: LETTERS.down.text,
    CHECK: "web",
    STATUS: "unhealthy",
    EVENT: "down",
    REASON: "10.0.0.5:443 refused the connection",
    SINCE: "12:58 Europe/Berlin",
    DURATION: "2 min",
    URL: "https://status.example/checks/web",
    ID: "0mihxsc00-web",
  });
});

Deno.test("a command gets every letter, and runs nothing of it", async () => {
  for (const [name, each] of ALL_LETTERS) {
    const { env, input } = await foundBy(each);
    assertEquals(
      env.TITLE,
      cut(each.title.toWellFormed().replaceAll("\0", ""), 10_000),
      name,
    );
    assertEquals(JSON.parse(input).incidents.length, each.incidents.length);
  }
  const reason = { code: "body", message: "x".repeat(1_000_000) };
  const { env } = await foundBy(
    letter({ event: "down", incidents: [told({ reason })] }),
  );
  assertEquals(env.REASON!.length, 10_000);
});

Deno.test("a command need not read what it gets", async () => {
  for (const line of ["exit 0", "exec 0<&-; sleep 0.1"]) {
    assertEquals(
      await deliver(command, LETTERS.storm, { command: line }),
      { ok: true, answer: "exit code 0" },
    );
  }
});

Deno.test("a list is a program and its arguments, without a shell", async () => {
  const list = ["printf", "%s|", "$HOME;", 7, "a b"];
  assertEquals(await deliver(command, LETTERS.down, { command: list }), {
    ok: true,
    answer: 'exit code 0: "$HOME;|7|a b|"',
  });
});

Deno.test("a command that fails is run again, and says why", async () => {
  const cases: [string, string][] = [
    ["exit 3", "exit code 3"],
    [
      "echo out; echo; echo ' no  route ' >&2; exit 1",
      'exit code 1: "no route"',
    ],
    ["echo out; exit 1", 'exit code 1: "out"'],
    ["kill -9 $$", "killed by SIGKILL"],
    ["yes | head -c 10000000 >&2; exit 9", 'exit code 9: "y"'],
  ];
  for (const [line, why] of cases) {
    assertEquals(await toldBy(line), {
      ok: false,
      why,
      isFinal: false,
      mayHaveArrived: true,
    });
  }
  const long = await toldBy(
    "head -c 100000 /dev/zero | tr '\\0' x >&2; exit 1",
  );
  assert(!long.ok);
  assertMatch(long.why, /^exit code 1: "x{100,200}…"$/);
});

Deno.test("a command that cannot start has told nobody", async () => {
  const list = ["lifesign-no-such-program"];
  assertEquals(await deliver(command, LETTERS.down, { command: list }), {
    ok: false,
    why: "Program not found: lifesign-no-such-program",
    isFinal: false,
    mayHaveArrived: false,
  });
});

Deno.test({
  name: "a command that may not run names the flag",
  permissions: { run: false },
  async fn() {
    assertEquals(await toldBy("exit 0"), {
      ok: false,
      why: "not found, or not allowed by Deno: run with --allow-run=sh",
      isFinal: false,
      mayHaveArrived: false,
    });
  },
});

Deno.test("at the deadline a command ends with all that it started", async () => {
  await using fifo = await makeFifo();
  const controller = new AbortController();
  const delivery = deliver(command, LETTERS.storm, {
    command: `(echo; exec sleep 60) >${fifo.path} & wait`,
  }, { signal: controller.signal });
  await fifo.outlive(1, async () => {
    controller.abort();
    const { ok, ...rest } = await delivery;
    assertEquals(ok, false);
    assertEquals("mayHaveArrived" in rest && rest.mayHaveArrived, true);
  });
});

Deno.test("a command that takes no SIGTERM is killed before it is said to have failed", async () => {
  await using fifo = await makeFifo();
  const controller = new AbortController();
  const delivery = deliver(command, LETTERS.storm, {
    command: `trap '' TERM; echo >${fifo.path}; while :; do sleep 1; done`,
  }, { signal: controller.signal });
  using file = await Deno.open(fifo.path);
  await file.read(new Uint8Array(1));
  controller.abort();
  assertEquals(await delivery, {
    ok: false,
    why: "it did not end in time",
    isFinal: false,
    mayHaveArrived: true,
  });
});

Deno.test("a command has the options that it needs, and no others", () => {
  const line = "curl https://me:s3cret@x.example/";
  assertEquals(command.needs({ command: line }), [
    { name: "run", command: "sh" },
  ]);
  assertEquals(command.needs({ command: ["logger", 1] }), [
    { name: "run", command: "logger" },
  ]);
  assert(command.secrets({ command: line }).includes("s3cret"));
  const cases: [unknown, string[]][] = [
    [{ command: ["logger", "-t", 1] }, []],
    [{ command: [""] }, ["command: expected a program, got an empty one"]],
    [{ command: "a\0b" }, ["command: expected no NUL characters, got one"]],
    [{ command: [] }, [
      "command: expected a command, or a list of a program and its arguments, got an empty list",
    ]],
  ];
  for (const [options, problems] of cases) {
    assertEquals(problemsOf(command, options), problems);
  }
});
