import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { ConfigError, loadConfig } from "../../src/agent/config.ts";
import { runScript } from "../support/program.ts";

const CONFIG = "checks: { a: { type: tcp, port: 1 } }\n";

/** A file that is gone at the end of the block. */
function temporary(
  content: string | Uint8Array,
): { readonly path: string } & Disposable {
  const path = Deno.makeTempFileSync({ dir: "/tmp", suffix: ".yaml" });
  if (typeof content === "string") Deno.writeTextFileSync(path, content);
  else Deno.writeFileSync(path, content);
  return { path, [Symbol.dispose]: () => Deno.removeSync(path) };
}

/** What is said of a path, which is said to be wrong. */
async function told(path: string): Promise<string> {
  const error = await assertRejects(() => loadConfig(path), ConfigError);
  assertEquals(error.source, path);
  assertEquals(error.issues.length, 1);
  assertEquals(error.issues[0]!.path, "");
  assertEquals(error.message, `${path}: ${error.issues[0]!.message}`);
  return error.issues[0]!.message;
}

Deno.test("loadConfig() reads a file", async () => {
  using file = temporary(CONFIG);
  const { checks } = await loadConfig(file.path);
  assertEquals(checks.map(({ id }) => id), ["a"]);
});

Deno.test("loadConfig() expands variables with the env option", async () => {
  using file = temporary('checks: { a: { type: tcp, port: "${PORT}" } }');
  const env = (name: string): string => {
    assertEquals(name, "PORT");
    return "7";
  };
  const { checks } = await loadConfig(file.path, { env });
  assertEquals(checks[0]!.probe.target, "127.0.0.1:7");
});

Deno.test("loadConfig() calls the config by the path of its file", async () => {
  using file = temporary("checks: { a: { type: tcp, port: 0 } }");
  const error = await assertRejects(() => loadConfig(file.path), ConfigError);
  assertEquals(
    error.message,
    `${file.path}: 1 problem\n  checks.a.port: expected a port between 1 and 65535, got 0`,
  );
});

Deno.test("loadConfig() says of each type that it is none, whatever it is", async () => {
  using file = temporary(
    "checks: { a: { type: { toString: 1 } }, b: { type: [dns] }, c: { type: __proto__ } }",
  );
  const error = await assertRejects(() => loadConfig(file.path), ConfigError);
  assertEquals(
    error.issues.map((
      { path, message },
    ) => [path, /got .*/.exec(message)?.[0]]),
    [
      ["checks.a.type", "got a map"],
      ["checks.b.type", "got a list"],
      ["checks.c.type", 'got "__proto__"'],
    ],
  );
});

Deno.test("loadConfig() says that there is no such file", async () => {
  assertEquals(await told("/tmp/lifesign_test_none.yaml"), "no such file");
  const error = await assertRejects(
    () => loadConfig("/tmp/lifesign_test_none.yaml"),
    ConfigError,
  );
  assertInstanceOf(error.cause, Deno.errors.NotFound);
});

Deno.test("loadConfig() wants a file, and no folder", async () => {
  assertEquals(await told("/tmp"), "expected a file, got a folder");
});

Deno.test("loadConfig() says why else a file cannot be read", async () => {
  using file = temporary(CONFIG);
  const path = `${file.path}/x`;
  assertEquals(
    await told(path),
    "Not a directory (os error 20)",
  );
  assertEquals(
    await told(`/tmp/${"x".repeat(300)}`),
    "File name too long (os error 36)",
  );
  assertEquals(
    await told("/tmp/a\0b"),
    "file name contained an unexpected NUL byte",
  );
});

/** Whether nothing is kept from us. */
const isRoot = (() => {
  using file = temporary("");
  return Deno.statSync(file.path).uid === 0;
})();

Deno.test({
  name: "loadConfig() says that a file may not be read",
  ignore: isRoot,
  async fn() {
    using file = temporary(CONFIG);
    Deno.chmodSync(file.path, 0);
    assertEquals(await told(file.path), "the file may not be read");
  },
});

Deno.test("loadConfig() names the flag that would let it read", async () => {
  using file = temporary(CONFIG);
  const main = "tests/config/config_main.ts";
  const denied = await runScript(main, { args: [file.path] });
  assertEquals(
    denied.stdout,
    `${file.path}: not allowed by Deno: run with --allow-read=${file.path}\n`,
    denied.stderr,
  );
  const allowed = await runScript(main, {
    args: [file.path],
    flags: [`--allow-read=${file.path}`],
  });
  assertEquals(allowed.stdout, "", allowed.stderr);
});

/** A config of so many bytes. */
function ofSize(bytes: number): string {
  return CONFIG + "#".repeat(bytes - CONFIG.length);
}

Deno.test("loadConfig() takes 10 MiB, and not a byte more", async () => {
  using most = temporary(ofSize(10 * 2 ** 20));
  assertEquals((await loadConfig(most.path)).checks.length, 1);
  using more = temporary(ofSize(10 * 2 ** 20 + 1));
  assertEquals(await told(more.path), "expected at most 10 MiB, got more");
});

Deno.test("loadConfig() does not read on for ever", async () => {
  const { stdout } = await runScript("tests/config/config_main.ts", {
    args: ["/dev/zero"],
    flags: ["--allow-read", "--v8-flags=--max-old-space-size=256"],
  });
  assertEquals(
    stdout,
    "/dev/zero: expected at most 10 MiB, got more\n",
  );
});

Deno.test("loadConfig() reads a FIFO to its end", async () => {
  const path = `/tmp/lifesign_test_${crypto.randomUUID()}.fifo`;
  const child = new Deno.Command("sh", {
    // Once more, as a signal may have an opening begin again when it was seen.
    args: [
      "-c",
      'mkfifo "$0" && echo && printf %s "$1" >"$0"; sleep 2; printf %s "$1" >"$0"',
      path,
      CONFIG,
    ],
    stdout: "piped",
  }).spawn();
  try {
    const reader = child.stdout.getReader();
    await reader.read();
    reader.releaseLock();
    assertEquals((await loadConfig(path)).checks.length, 1);
  } finally {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await child.stdout.cancel();
    await child.status;
    await Deno.remove(path);
  }
});

const UTF8 = new TextEncoder();

/** Bytes that are no UTF-8. */
const NOT_UTF8: Readonly<Record<string, Uint8Array>> = {
  "Latin-1": new Uint8Array([...UTF8.encode("# caf"), 0xe9, 0x0a]),
  "UTF-16": new Uint8Array([0xff, 0xfe, 0x61, 0x00]),
  "half a character": new Uint8Array([...UTF8.encode(CONFIG), 0xe2, 0x82]),
  "an encoded surrogate": new Uint8Array([0x23, 0xed, 0xa0, 0x80]),
  "an overlong form": new Uint8Array([0x23, 0xc0, 0xaf]),
  "a compressed file": new Uint8Array([0x1f, 0x8b, 0x08, 0x00]),
};

for (const [what, bytes] of Object.entries(NOT_UTF8)) {
  Deno.test(`loadConfig() wants UTF-8, and not ${what}`, async () => {
    using file = temporary(bytes);
    assertEquals(await told(file.path), "expected UTF-8, got other bytes");
  });
}

Deno.test("loadConfig() overlooks a byte order mark", async () => {
  using file = temporary(`\uFEFF${CONFIG}`);
  assertEquals((await loadConfig(file.path)).checks.length, 1);
});

Deno.test("loadConfig() says that an empty file has no checks", async () => {
  using file = temporary("");
  assertEquals(
    await told(file.path),
    "expected a map with checks, got null",
  );
});
