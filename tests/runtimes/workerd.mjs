/**
 * Runs a worker in workerd by miniflare, in Node, until SIGTERM. The
 * arguments are the URL of miniflare and options for it, as JSON. Prints the URL
 * of the worker.
 */

const [, , miniflare, options] = process.argv;
const { Miniflare } = await import(miniflare);
const runtime = new Miniflare({
  host: "127.0.0.1",
  port: 0,
  // Events are triggered by requests for `/cdn-cgi/handler/scheduled`.
  unsafeTriggerHandlers: true,
  ...JSON.parse(options),
});
console.log((await runtime.ready).href);
process.on("SIGTERM", () => runtime.dispose());
