import { fail, pass } from "../../core/outcome.ts";
import { unescaped } from "../../core/secrets.ts";
import { excerpt } from "../../core/text.ts";
import type { Detail, Outcome } from "../../core/types.ts";
import { Failure, failure } from "../failure.ts";
import { MessageReader, SERVING_STATUSES, servingStatusOf } from "./health.ts";
import type { Headers } from "./http2/call.ts";
import {
  NOT_FOUND,
  OK,
  statusInWords,
  statusOfHttp,
  UNIMPLEMENTED,
} from "./status.ts";

/** Judges one answer as it comes. */
export class Judge {
  readonly #service: string;
  readonly #detail: Detail;
  readonly #body = new MessageReader();

  /** Takes the name of the service, and what was found before. */
  constructor(service: string, detail: Detail) {
    this.#service = service;
    this.#detail = detail;
  }

  /**
   * Looks at the beginning of the answer.
   *
   * @throws {Failure} If it is none of gRPC.
   */
  takeHead(head: Headers): void {
    // It counts more than that of HTTP.
    if (head.has("grpc-status")) return;
    const http = head.get(":status") ?? "";
    const grpcStatus = statusOfHttp(http);
    if (http !== "200") {
      throw new Failure(fail({
        code: "status",
        message: `${this.#expected}, got HTTP status ${
          excerpt(http).slice(1, -1)
        }, which means ${statusInWords(grpcStatus)}`,
      }, { ...this.#detail, grpcStatus }));
    }
    const type = head.get("content-type");
    if (/^application\/grpc(?:[+;]|$)/i.test(type ?? "")) return;
    throw failure(
      "protocol",
      `Expected an answer of application/grpc, got ${
        type === undefined ? "one without a content-type" : excerpt(type)
      }`,
    );
  }

  /**
   * Takes a part of the body.
   *
   * @throws {Failure} If it is not one short message.
   */
  takeBody(part: Uint8Array): void {
    try {
      this.#body.add(part);
    } catch (error) {
      throw failure(
        "protocol",
        `Expected one short message, got ${(error as Error).message}`,
      );
    }
  }

  /** Whether the message is complete. */
  get hasMessage(): boolean {
    return this.#body.message !== undefined;
  }

  /** Judges the answer, which ends with these trailers. */
  outcome(trailers: Headers): Outcome {
    const text = trailers.get("grpc-status");
    if (text === undefined || !/^\d{1,9}$/.test(text)) {
      return this.#fail(
        "protocol",
        `Expected an answer with a status (grpc-status), got ${
          text === undefined ? "none" : excerpt(text)
        }`,
      );
    }
    const grpcStatus = Number(text);
    if (grpcStatus !== OK) {
      const said = messageOf(trailers);
      return this.#fail(
        "status",
        `${this.#expected}, got status ${statusInWords(grpcStatus)}${
          MEANINGS[grpcStatus] ?? ""
        }${said === "" ? "" : `: ${excerpt(said)}`}`,
        { grpcStatus },
      );
    }
    const { message } = this.#body;
    if (message === undefined) {
      const what = this.#body.hasBegun ? "a part of one" : "none";
      return this.#fail(
        "protocol",
        `Expected a message with status 0 OK, got ${what}`,
        { grpcStatus },
      );
    }
    return this.#ofMessage(message, { grpcStatus });
  }

  #ofMessage(message: Uint8Array, detail: Detail): Outcome {
    let serving: number;
    try {
      serving = servingStatusOf(message);
    } catch {
      return this.#fail(
        "protocol",
        "Expected a HealthCheckResponse, got another message",
        detail,
      );
    }
    const servingStatus = SERVING_STATUSES[serving] ?? String(serving);
    const all = { ...detail, servingStatus };
    return servingStatus === "SERVING"
      ? pass({ ...this.#detail, ...all })
      : this.#fail("status", `${this.#expected}, got ${servingStatus}`, all);
  }

  get #expected(): string {
    return this.#service === ""
      ? "Expected SERVING"
      : `Expected ${excerpt(this.#service)} to be SERVING`;
  }

  #fail(
    code: "protocol" | "status",
    message: string,
    detail: Detail = {},
  ): Outcome {
    return fail({ code, message }, { ...this.#detail, ...detail });
  }
}

/** What some statuses mean when a health service is asked. */
const MEANINGS: Readonly<Record<number, string>> = {
  [NOT_FOUND]: ", which is that there is no such service",
  [UNIMPLEMENTED]: ", which is that there is no grpc.health.v1.Health",
};

/** What the server says: UTF-8, with percent signs for some bytes. */
function messageOf(trailers: Headers): string {
  const bytes = unescaped(trailers.get("grpc-message") ?? "");
  return new TextDecoder().decode(
    Uint8Array.from(bytes, (char) => char.charCodeAt(0)),
  );
}
