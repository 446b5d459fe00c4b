import type { TLSSocket } from "node:tls";
import { fail } from "../../core/outcome.ts";
import { enterStage } from "../../core/stage.ts";
import type { Detail } from "../../core/types.ts";
import { wallTime } from "../../io/clock.ts";
import { Failure, failure } from "../failure.ts";
import type { TlsOptions } from "../tls_options.ts";
import { expiryDetail, type Lifetime, lifetimeOf } from "./expiry.ts";
import { certificateFault, type Shown, type Trust } from "./certificate.ts";
import { type Connection, isClosedByPeer } from "./connection.ts";
import { duplexOf } from "./duplex.ts";
import { gatherEntropy } from "./entropy.ts";
import { factsOf } from "./facts.ts";
import { isSigned } from "./signature.ts";
import { Window } from "./window.ts";

/** What a TLS connection is made with. Certificates and keys are PEM. */
export interface TlsSettings extends TlsOptions, Trust {
  /** What messages call the peer. */
  readonly peer: string;
  /** The name or address of the peer, for SNI and to verify the certificate. */
  readonly hostname: string;
  /** The protocols to offer, such as `["h2"]`. */
  readonly protocols?: readonly string[];
  /** Makes the details of a fault; without it, they say when it ends. */
  readonly detailOf?: (secured: TlsConnection) => Detail;
}

/** A connection over TLS. */
export interface TlsConnection extends Connection {
  /** The socket of the runtime. */
  readonly socket: TLSSocket;
  /** The certificate that the peer showed. */
  readonly certificate: Shown["certificate"];
  /** Gives the socket to somebody who reads from it instead. */
  handOver(): TLSSocket;
  /** How long the certificates that it showed are valid. */
  readonly lifetime: Lifetime;
}

/** The peer ended the connection in the handshake. */
const HUNG_UP = new Error("The peer has ended the connection");

/** The peer ended the connection before the handshake was over. */
export class HandshakeEnded extends Failure {
  constructor(peer: string) {
    const message = `${peer} closed the connection in the TLS handshake`;
    super(fail({ code: "tls", message }));
  }
}

/** The modules of Node, which are loaded when they are first needed. */
let node: Promise<NodeModules> | undefined;
/** They, once they are loaded. */
let loaded: NodeModules | undefined;

interface NodeModules {
  readonly Duplex: typeof import("node:stream").Duplex;
  readonly tls: typeof import("node:tls");
}

/** Loads what TLS needs; returns nothing if it is loaded. */
export function loadTls(): Promise<unknown> | undefined {
  return loaded === undefined ? node ??= load() : undefined;
}

async function load(): Promise<NodeModules> {
  const [{ Duplex }, tls] = await Promise.all([
    import("node:stream"),
    import("node:tls"),
    gatherEntropy(),
  ]);
  await warmUp({ Duplex, tls });
  return loaded = { Duplex, tls };
}

/**
 * Begins a handshake without a network. The first one in a process takes 20 ms
 * or more, which must not count for a target.
 */
async function warmUp({ Duplex, tls }: NodeModules): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const nowhere = new Duplex({
    read() {},
    write(_bytes, _encoding, done) {
      done();
      resolve();
    },
  });
  const socket = tls.connect({
    socket: nowhere,
    servername: "localhost",
    ca: "",
    rejectUnauthorized: false,
  });
  socket.on("error", () => {});
  socket.on("close", () => resolve());
  await promise;
  socket.destroy();
}

/**
 * Makes a TLS connection of a connection, which is closed with it, and verifies
 * the certificate. `Deno.startTls` would not show it.
 *
 * Rejects with a {@linkcode Failure} if the certificate is not trusted.
 */
export async function secure(
  connection: Connection,
  settings: TlsSettings,
  signal: AbortSignal,
): Promise<TlsConnection> {
  const { Duplex, tls } = loaded ?? await (node ??= load());
  enterStage(signal, "in the TLS handshake");
  const { hostname, ca, cert, key, protocols } = settings;
  const name = hostname.replace(/\.$/, "");
  using opening = new DisposableStack();
  opening.use(connection);
  const window = new Window();
  const socket = tls.connect({
    socket: duplexOf(connection, window, Duplex),
    // SNI has only names (RFC 6066, section 3).
    servername: isIp(name) ? "" : name,
    // `undefined` means the certificate authorities of the system, which needs
    // a permission; an empty string means those of the runtime, which `fetch`
    // uses.
    ca: ca ?? "",
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(protocols !== undefined && { ALPNProtocols: [...protocols] }),
    // We verify, and need to see the certificate.
    rejectUnauthorized: false,
    // The name is verified below: its fault would hide others.
    checkServerIdentity(_name, certificate) {
      secured.certificate = certificate;
      return undefined;
    },
  });
  const secured = opening.use(
    new SecuredConnection(socket, connection, window),
  );
  try {
    await secured.handshake;
  } catch (error) {
    signal.throwIfAborted();
    // Not the trust in it, which is judged below: it cannot even be read.
    if (/^UNABLE_TO_VERIFY/.test((error as { code?: string }).code ?? "")) {
      throw failure(
        "tls",
        "The certificate cannot be used: its key or signature is too weak, or of an unknown kind",
      );
    }
    throw isClosedByPeer(error) || error === HUNG_UP
      ? new HandshakeEnded(settings.peer)
      : error;
  }
  const { certificate } = secured;
  const { altNames } = factsOf(certificate);
  // The other way takes longer, as it knows wildcards.
  const isNamed = !isIp(name) && altNames.includes(`DNS:${name.toLowerCase()}`);
  const fault = certificateFault(
    {
      certificate,
      authorized: socket.authorized && await isSigned(certificate),
      code: String(socket.authorizationError ?? ""),
      wrongName: !isNamed && tls.checkServerIdentity(name, {
            ...certificate,
            subjectaltname: altNames.join(", "),
          }) !== undefined,
    },
    name,
    settings,
    wallTime(),
  );
  if (fault !== undefined) {
    const detail = settings.detailOf?.(secured) ??
      expiryDetail(secured.lifetime, wallTime());
    throw new Failure(fail(fault, detail));
  }
  opening.move();
  return secured;
}

/** Whether it is an address. */
function isIp(hostname: string): boolean {
  return hostname.includes(":") || /^[\d.]+$/.test(hostname);
}

class SecuredConnection implements TlsConnection {
  readonly socket: TLSSocket;
  /** Resolves when the handshake is over. */
  readonly handshake: Promise<void>;
  readonly #connection: Connection;
  readonly #window: Window;
  #error: unknown;
  #hasEnded = false;
  #isListening = false;
  #certificate: Shown["certificate"] | undefined;
  #lifetime: Lifetime | undefined;
  #wake: (() => void) | undefined;

  constructor(socket: TLSSocket, connection: Connection, window: Window) {
    this.socket = socket;
    this.#connection = connection;
    this.#window = window;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.handshake = promise;
    const wake = (): void => this.#wake?.();
    socket.on("secureConnect", resolve);
    socket.on("error", (error) => {
      this.#error ??= error;
      reject(error);
      wake();
    });
    socket.on("close", () => {
      this.#hasEnded = true;
      reject(HUNG_UP);
      wake();
    });
  }

  get certificate(): Shown["certificate"] {
    return this.#certificate ??= this.socket.getPeerCertificate(true);
  }

  set certificate(shown: Shown["certificate"]) {
    this.#certificate = shown;
  }

  get lifetime(): Lifetime {
    return this.#lifetime ??= lifetimeOf(this.certificate);
  }

  async read(): Promise<Uint8Array | null> {
    this.#listen();
    while (true) {
      const bytes: Uint8Array | null = this.socket.read();
      if (bytes !== null) return bytes;
      if (this.#error !== undefined) throw this.#error;
      if (this.#hasEnded) return null;
      this.#window.refill();
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  handOver(): TLSSocket {
    this.#window.end();
    return this.socket;
  }

  /** Listens for what comes, which nobody else can read from then on. */
  #listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    const wake = (): void => this.#wake?.();
    this.socket.on("readable", wake);
    this.socket.on("end", () => {
      this.#hasEnded = true;
      wake();
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.write(
        bytes,
        (error) => error ? reject(error) : resolve(),
      );
    });
  }

  follow(signal: AbortSignal | undefined): void {
    this.#connection.follow(signal);
  }

  close(): void {
    this.socket.destroy();
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
