import type { Heard } from "./hear.ts";

// "Connection Phase" in MySQL's manual of its client/server protocol.

/** Where the payload of a packet begins: after its length and its number. */
const PAYLOAD = 4;

/** The first bytes of the payloads. */
const GREETING = 10;
const ERROR = 0xff;

/** The flag of TLS in the second byte of the capabilities. */
const HAS_TLS = 0x08;

/** A greeting is no longer. */
const MAX_PAYLOAD = 1024;

function endOf(bytes: Uint8Array): number | undefined {
  const [low, middle, high, number] = bytes;
  if (number === undefined) return undefined;
  const length = low! + (middle! << 8) + (high! << 16);
  const isPacket = number === 0 && length > 0 && length <= MAX_PAYLOAD;
  if (!isPacket) return bytes.length;
  const end = PAYLOAD + length;
  return bytes.length < end ? undefined : end;
}

/** Whether a server that greets has TLS; nothing if it does not greet. */
function hasTls(answer: Uint8Array): boolean | undefined {
  if (answer[PAYLOAD] !== GREETING) return undefined;
  // After the version come the number of the connection (4), a part of the
  // salt (8), a zero and the capabilities.
  const capabilities = answer.indexOf(0, PAYLOAD + 1) + 1 + 4 + 8 + 1;
  return (answer[capabilities + 1]! & HAS_TLS) !== 0;
}

/** What a server says first. */
export const MYSQL_GREETING: Heard = {
  expected: "a greeting of MySQL",
  endOf,
  isGood: (answer) => hasTls(answer) === true,
  isRefusal: (answer) => hasTls(answer) === false,
  textIn(answer) {
    const first = answer[PAYLOAD];
    if (first === GREETING) {
      return answer.subarray(PAYLOAD + 1, answer.indexOf(0, PAYLOAD + 1));
    }
    // After the number of the error.
    return first === ERROR ? answer.subarray(PAYLOAD + 3) : answer;
  },
};

/** Asks for TLS: the capabilities that we have, the largest packet, a charset. */
export const MYSQL_SSL_REQUEST: Uint8Array = new Uint8Array(PAYLOAD + 32);
MYSQL_SSL_REQUEST.set([32, 0, 0, 1, 0, 0x8a, 0, 0, 0, 0, 0, 1, 45]);
