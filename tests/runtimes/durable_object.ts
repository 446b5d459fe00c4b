/**
 * A worker whose requests share a fleet, which a Durable Object has.
 *
 * @module
 */

import type { Hono } from "hono";
import { Fleet, http } from "@lifesign/lifesign";
import { createApp } from "@lifesign/lifesign/server";

interface Env {
  /** What to check. */
  readonly URL: string;
  readonly HEALTH: {
    idFromName(name: string): unknown;
    get(id: unknown): { fetch(request: Request): Promise<Response> };
  };
}

/** The object. */
export class Health {
  readonly #app: Hono;

  constructor(_state: unknown, { URL }: Env) {
    const fleet = new Fleet({ background: false });
    fleet.add(http(URL), { id: "hang", timeout: "2s" });
    // As long as the test may take.
    this.#app = createApp(fleet, { onDemand: "1h" });
  }

  /** Answers a request. */
  async fetch(request: Request): Promise<Response> {
    return await this.#app.fetch(request);
  }
}

const worker: { fetch(request: Request, env: Env): Promise<Response> } = {
  fetch: (request, { HEALTH }) =>
    HEALTH.get(HEALTH.idFromName("health")).fetch(request),
};

export default worker;
