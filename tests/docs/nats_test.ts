import { assertEquals } from "@std/assert";
import { blocks } from "../support/docs.ts";
import { NATS } from "../support/nats.ts";
import { testWith } from "../support/needs.ts";

testWith(NATS, {
  name: "nats-server takes the config that docs/cluster.md shows",
  async fn() {
    for (const text of await blocks("cluster", "nats")) {
      const path = await Deno.makeTempFile({ dir: "/tmp" });
      try {
        await Deno.writeTextFile(path, text);
        const { code, stderr } = await new Deno.Command("nats-server", {
          args: ["-t", "-c", path],
        }).output();
        assertEquals(code, 0, new TextDecoder().decode(stderr));
      } finally {
        await Deno.remove(path);
      }
    }
  },
});
