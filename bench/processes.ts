/** The processes that the benchmarks have beside their own. */

import type { Ports } from "./task.ts";

const decoder = new TextDecoder();

/** Where a script of this folder is. */
export function script(name: string): string {
  return new URL(name, import.meta.url).href;
}

/** The flags that find `@std` on this network, as the tasks have them. */
export async function configFlags(): Promise<readonly string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", script("../tools/deps.ts")],
  }).output();
  return decoder.decode(stdout).split(/\s+/).filter(Boolean);
}

/** The path of a file of the tests' certificates. */
export function tlsFile(name: string): string {
  return new URL(`../tests/support/tls/${name}`, import.meta.url).pathname;
}

/** Starts a healthy target, which ends with the block. */
export async function startTarget(): Promise<
  { readonly ports: Ports } & AsyncDisposable
> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--allow-net",
      `--allow-read=${tlsFile("")}`,
      script("target.ts"),
      tlsFile("leaf.pem"),
      tlsFile("leaf.key"),
    ],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  return {
    ports: JSON.parse(decoder.decode(value)),
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await reader.cancel();
      await child.status;
    },
  };
}
