/**
 * Runs the suite in a worker: the targets are the body of a request, and the
 * results are that of its response, both as JSON.
 *
 * @module
 */

import { run } from "./suite.ts";

const worker: { fetch(request: Request): Promise<Response> } = {
  async fetch(request) {
    return Response.json(await run(await request.json()));
  },
};

export default worker;
