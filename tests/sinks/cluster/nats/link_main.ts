import { connect } from "../../../../src/sinks/cluster/nats/connection.ts";
import { Store } from "../../../../src/sinks/cluster/nats/store.ts";

const connection = await connect({ servers: Deno.args, name: "shop" });
connection.onState((state, detail) => {
  if (state === "connected") return;
  console.log(detail);
  Deno.exit();
});
{
  using store = new Store(connection, {
    name: "records",
    maxValueBytes: 1_000,
    parse: (value) => value,
    listed() {},
    changed() {},
  });
  console.log(await store.putNow("key", 1));
}
Deno.exit();
