import { assertEquals, assertLessOrEqual } from "@std/assert";
import { lifesign, ROOT, temporaryFile } from "../support/program.ts";

/** Our own modules that a command line runs, by their paths in `src`. */
async function modulesOf(args: readonly string[]): Promise<string[]> {
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  try {
    await lifesign(args, {
      flags: [
        "--allow-net",
        "--allow-read",
        "--allow-run",
        `--coverage=${folder}`,
      ],
    });
    const files = await Array.fromAsync(Deno.readDir(folder));
    const urls = await Promise.all(files.map(async ({ name }) => {
      const text = await Deno.readTextFile(`${folder}/${name}`);
      return (JSON.parse(text) as { readonly url: string }).url;
    }));
    const root = new URL("src/", ROOT).href;
    return urls.filter((url) => url.startsWith(root))
      .map((url) => url.slice(root.length)).sort();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const TLS_FILE = `
checks: { web: { type: http, url: "https://127.0.0.1:1/" } }
`;

const NOTIFY_FILE = `
notify: { me: { type: slack, url: "https://hooks.example/x" } }
checks: { web: { type: http, url: "http://127.0.0.1:1/" } }
`;

/** What a file with notifiers needs to be read, and what to send. */
const SENDING =
  /^sinks\/(?!notify\/|section)|^sinks\/notify\/(?:notif|follow|sending|letter|mail\/(?:deliver|session|compose))/;

const CLUSTER_FILE = `
cluster: { servers: "nats://127.0.0.1:1", id: me }
checks: { web: { type: http, url: "http://127.0.0.1:1/", from: [eu] } }
`;

/** What a file with a cluster needs to be read, and what to join it. */
const JOINING =
  /^sinks\/(?!cluster\/|section)|^sinks\/cluster\/(?!section|schema|parse|problems|value|nats\/server)/;

/** A target, how many modules it may take, and of what these are not. */
const TARGETS: readonly (readonly [string, number, RegExp])[] = [
  ["tcp://127.0.0.1:1", 111, /^probes\/(?:http|command)|^config\/load/],
  ["http://127.0.0.1:1/", 132, /^probes\/(?:tcp|command)|^config\/load/],
  ["exec:exit 0", 93, /^probes\/(?:tcp|http)|^config\/load/],
  [TLS_FILE, 161, /^probes\/(?:tcp|command)|^(?:server|sinks)\//],
  [NOTIFY_FILE, 200, SENDING],
  [CLUSTER_FILE, 167, JOINING],
];

for (const [target, most, others] of TARGETS) {
  const name = target.trim();
  Deno.test(`check loads for ${name} what it needs, and little else`, async () => {
    await using file = await temporaryFile(target);
    const word = target.includes("checks:") ? file.path : target;
    const modules = await modulesOf(["check", "--format", "json", word]);
    assertEquals(modules.includes("cli/commands/check.ts"), true);
    assertEquals(modules.filter((path) => others.test(path)), []);
    assertLessOrEqual(modules.length, most, modules.join("\n"));
  });
}

Deno.test("check does not wait for Intl, which takes long to start", async () => {
  const script = `data:application/javascript,Object.defineProperty(globalThis,
    "Intl", { get() { throw new Error("Intl is used"); } });`;
  await using file = await temporaryFile(TLS_FILE);
  const { stdout, stderr } = await lifesign(
    ["check", "--format", "json", file.path, "tcp://127.0.0.1:1"],
    { flags: ["--allow-net", "--allow-read", `--preload=${script}`] },
  );
  assertEquals(stderr, "");
  assertEquals(JSON.parse(stdout).length, 2);
});

Deno.test("check runs where Deno reads modules only when they are imported", async () => {
  await using file = await temporaryFile(TLS_FILE);
  const { stdout, stderr } = await lifesign(
    ["check", "--format", "json", file.path, "tcp://127.0.0.1:1"],
    {
      flags: [
        "--unstable-lazy-dynamic-imports",
        "--allow-net",
        `--allow-read=${ROOT.pathname},${file.path}`,
      ],
    },
  );
  assertEquals(stderr, "");
  assertEquals(JSON.parse(stdout).length, 2);
});
