import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { workerLine } from "../../../src/sinks/history/line.ts";
import { ROOT } from "../../support/program.ts";
import { place } from "./store/place.ts";

const options = (path: string) => ({
  path,
  timeZone: "UTC",
  detailMs: 86_400_000,
  keepMs: 86_400_000,
});

Deno.test("the worker of a history answers, and rejects what it is asked after its end", async () => {
  await using at = await place();
  const line = workerLine();
  const opened = await line.ask({ type: "open", options: options(at.path) });
  assertEquals(opened.type, "opened");
  const none = { batches: [], checks: "", states: [], forgotten: [] };
  const entry = { ...none, incidents: [] };
  assertEquals(await line.ask({ type: "close", entry }), {
    type: "closed",
    isWritten: true,
  });
  line[Symbol.dispose]();
  await assertRejects(
    () => line.ask({ type: "close", entry }),
    Error,
    "The history has ended",
  );
});

Deno.test("the worker of a history says why it cannot do what it is asked", async () => {
  const line = workerLine();
  const range = { from: 0, to: 1 };
  const request = { type: "attempts", check: "a", range } as const;
  await assertRejects(() => line.ask(request), Error, "cannot be read now");
  line[Symbol.dispose]();
});

Deno.test("a worker that does not answer, fails or ends by itself is given up", async () => {
  const request = { type: "incidents", query: {} } as const;
  for (
    const [code, message] of [
      ["setInterval(() => {}, 1000)", "Its worker does not answer any more"],
      ["process.exit(0)", "Its worker has ended"],
      ["setTimeout(() => { throw new Error('oh'); })", "oh"],
    ] as const
  ) {
    using line = workerLine(new URL(`data:text/javascript,${code}`), 1000);
    await assertRejects(() => line.ask(request), Error, message);
    await assertRejects(() => line.ask(request), Error, message);
  }
});

Deno.test("the worker of a history starts where its modules come from the network", async () => {
  await using at = await place();
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      const text = await Deno.readTextFile(new URL(`.${pathname}`, ROOT));
      return new Response(text, {
        headers: { "content-type": "application/typescript" },
      });
    },
  );
  const host = `127.0.0.1:${server.addr.port}`;
  const main = `${at.folder}/main.ts`;
  await Deno.writeTextFile(
    main,
    `import { workerLine } from "http://${host}/src/sinks/history/line.ts";
    using line = workerLine();
    const options = ${JSON.stringify(options(at.path))};
    console.log((await line.ask({ type: "open", options })).type);`,
  );
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-config", "--no-prompt", `--allow-import=${host}`],
      ...[`--allow-read=${at.folder}`, `--allow-write=${at.folder}`],
      main,
    ],
    env: { DENO_DIR: `${at.folder}/deno`, NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  assertStringIncludes(decoder.decode(stderr), "Download");
  assertEquals([success, decoder.decode(stdout)], [true, "opened\n"]);
});
