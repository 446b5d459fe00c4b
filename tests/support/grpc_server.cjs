// A gRPC server with the health service, and one of HTTP on the next port that
// it prints, by which a test changes what it says.
const grpc = require("@grpc/grpc-js");
const { HealthImplementation } = require("grpc-health-check");
const { createServer } = require("node:http");

const { tls, token, hasHealth } = JSON.parse(process.argv[2]);

/** Asks for a token. */
function authenticate(_method, call) {
  return new grpc.ServerInterceptingCall(call, {
    start(next) {
      next({
        onReceiveMetadata(metadata, goOn) {
          const [given] = metadata.get("x-token");
          if (given === token) return goOn(metadata);
          const details = given === undefined
            ? "täken\nwanted"
            : `not ${given}`;
          call.sendStatus({ code: grpc.status.UNAUTHENTICATED, details });
        },
      });
    },
  });
}

const health = new HealthImplementation({ "": "SERVING" });
const server = new grpc.Server(
  token === undefined ? {} : { interceptors: [authenticate] },
);
if (hasHealth) health.addToServer(server);
const credentials = tls === undefined
  ? grpc.ServerCredentials.createInsecure()
  : grpc.ServerCredentials.createSsl(
    tls.ca === undefined ? null : Buffer.from(tls.ca),
    [{
      private_key: Buffer.from(tls.key),
      cert_chain: Buffer.from(tls.cert),
    }],
    tls.ca !== undefined,
  );
const control = createServer((request, response) => {
  const { searchParams } = new URL(request.url, "http://localhost");
  health.setStatus(searchParams.get("service"), searchParams.get("status"));
  response.end();
});
server.bindAsync("127.0.0.1:0", credentials, (error, port) => {
  if (error !== null) throw error;
  control.listen(0, "127.0.0.1", () => {
    console.log(`ports ${port} ${control.address().port}`);
  });
});
