import type { Published } from "../compose/ports.ts";
import { escaped } from "../escape.ts";
import type { Field } from "../config_text.ts";
import { type CurlLike, readCurl, readWget } from "./http.ts";
import { readGrpcHealthProbe } from "./grpc.ts";
import { flagsOf } from "./command_flags.ts";
import { SECRET, UNKNOWN } from "./shell_words.ts";
import type { Values } from "./values.ts";
import { querySecrets } from "../../core/secrets.ts";

/** The container that a test is for. */
export interface Container {
  /** Finds where a port of the container is published. */
  readonly published: (port: number) => Published | undefined;
  /** Its own host names, besides `localhost`. */
  readonly names: readonly string[];
  /** The host of published ports. */
  readonly address: string;
  /** Whether its server requires a password. */
  readonly hasPassword: boolean;
  /** Whether its tools are those of BusyBox. */
  readonly hasBusyBox: boolean;
  /** What the marks in the words of its test stand for. */
  readonly values: Values;
}

/** A probe that needs no container. */
export interface Native {
  /** The keys of its check. */
  readonly fields: Readonly<Record<string, Field | undefined>>;
  /** Notes about changes of meaning. */
  readonly notes: readonly string[];
  /** The test's own timeout. */
  readonly maxSeconds?: number;
}

/**
 * Makes a probe from the words of a well-known test, or returns why the test
 * remains a command.
 */
export function nativeProbe(
  words: readonly string[],
  container: Container,
): Native | string {
  const { values } = container;
  const [path = "", ...args] = words;
  const program = values.text(path).replace(/^.*\//, "");
  // pg_isready ignores the user and the database.
  if (program !== "pg_isready") {
    if (words.some((word) => word.includes(SECRET))) return EXPOSED;
    if (words.some(hasUnknown)) return UNTOLD;
  }
  const texts = args.map((word) => values.text(word));
  switch (program) {
    case "curl":
      return ofRequest(readCurl(args, values), container);
    case "wget":
      return ofRequest(readWget(args, container), container);
    case "nc":
    case "ncat":
      return ofNetcat(texts, container);
    case "pg_isready":
      return ofPostgres(texts, container);
    case "redis-cli":
    case "valkey-cli":
      return ofRedis(texts, container);
    case "grpc_health_probe":
    case "grpc-health-probe":
      return ofGrpc(texts, container);
    case "mysqladmin":
    case "mariadb-admin":
      // A connection that sends nothing is an error for MySQL, and 100 of them
      // block the client's host (max_connect_errors).
      return "a MySQL server blocks clients that connect and send nothing";
    default:
      return "the test is not a well-known one";
  }
}

const UNTOLD = "it uses a variable whose value is not known here";

const EXPOSED = "it uses a secret, which lifesign.yaml would have in clear";

function hasUnknown(word: string): boolean {
  return word.includes(UNKNOWN) || word.includes(SECRET);
}

function ofRequest(
  request: CurlLike | string,
  container: Container,
): Native | string {
  const { values } = container;
  // The reason may quote a word.
  if (typeof request === "string") return values.template(request);
  const { url, notes, maxSeconds, ...fields } = request;
  const [text, template] = [values.text(url), values.template(url)];
  const parsed = URL.parse(text);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    return `${JSON.stringify(template)} is not an HTTP URL`;
  }
  if (parsed.username !== "" || parsed.password !== "") {
    return "its URL has a password";
  }
  if (querySecrets(parsed.search).length > 0 && values.hasLiterals(url)) {
    return EXPOSED;
  }
  parsed.hash = "";
  const port = Number(parsed.port) || (parsed.protocol === "http:" ? 80 : 443);
  const place = placeOf(parsed.hostname, port, container);
  if (typeof place === "string") return place;
  const there = authorityOf(place);
  const isThere = there === `${parsed.hostname}:${port}`;
  return {
    fields: {
      type: "http",
      // As it is written, for the Host header and the certificate.
      url: template === escaped(text) ? escaped(parsed.href) : template,
      ...(!isThere && { address: escaped(there) }),
      ...fields,
    },
    notes,
    ...(maxSeconds !== undefined && { maxSeconds }),
  };
}

function ofNetcat(args: readonly string[], container: Container) {
  const flags = flagsOf(args, { "-z": 0, "-v": 0, "-n": 0, "-w": 1, "-4": 0 });
  if (typeof flags === "string") return flags;
  const [host, port, ...others] = flags.rest;
  if (!flags.has("-z") || others.length > 0 || !isPort(port)) {
    return "expected nc -z HOST PORT";
  }
  return connecting(host!, Number(port), container, {});
}

function ofPostgres(args: readonly string[], container: Container) {
  const flags = flagsOf(args, {
    "-h": ["--host"],
    "-p": ["--port"],
    "-U": ["--username"],
    "-d": ["--dbname"],
    "-t": ["--timeout"],
    "-q": 0,
    "--quiet": 0,
  });
  if (typeof flags === "string") return flags;
  const port = flags.value("-p") ?? "5432";
  if (["-h", "-p"].flatMap(flags.values).some(hasUnknown)) return UNTOLD;
  if (flags.rest.length > 0 || !isPort(port)) {
    return "its pg_isready arguments are not supported";
  }
  return connecting(
    flags.value("-h") ?? "localhost",
    Number(port),
    container,
    {
      notes: [
        "Checks only that the port is open; pg_isready also checks that the server accepts connections",
      ],
    },
  );
}

function ofRedis(args: readonly string[], container: Container) {
  const flags = flagsOf(args, {
    "-h": 1,
    "-p": 1,
    "--raw": 0,
    "--no-auth-warning": 0,
    "-a": 1,
    "--pass": 1,
    "--user": 1,
    "-u": 1,
  });
  if (typeof flags === "string") return flags;
  if (["-a", "--pass", "--user", "-u"].some((flag) => flags.has(flag))) {
    return "it uses a password";
  }
  if (container.hasPassword) return "its server requires a password";
  const port = flags.value("-p") ?? "6379";
  if (flags.rest.join(" ").toLowerCase() !== "ping" || !isPort(port)) {
    return "expected redis-cli ping";
  }
  return connecting(
    flags.value("-h") ?? "127.0.0.1",
    Number(port),
    container,
    {
      fields: { send: "PING\r\n", expect: "+PONG" },
      notes: [
        "Fails if the server requires a password; redis-cli ping exits with 0 then",
      ],
    },
  );
}

function ofGrpc(
  args: readonly string[],
  container: Container,
): Native | string {
  const asked = readGrpcHealthProbe(args);
  if (typeof asked === "string") return asked;
  const { host, port, service, isSecure, isInsecure, maxSeconds } = asked;
  const place = placeOf(host || "localhost", port, container);
  if (typeof place === "string") return place;
  return {
    maxSeconds,
    notes: [],
    fields: {
      type: "grpc",
      ...(isSecure
        // As it is written, for the certificate.
        ? {
          host: escaped(host || "localhost"),
          port,
          address: escaped(authorityOf(place)),
          tls: true,
          ...(isInsecure && { verify: false }),
        }
        : { host: escaped(place.host), port: place.port }),
      ...(service !== "" && { service: escaped(service) }),
    },
  };
}

function connecting(
  host: string,
  port: number,
  container: Container,
  more: Partial<Native>,
): Native | string {
  const place = placeOf(host, port, container);
  if (typeof place === "string") return place;
  return {
    notes: more.notes ?? [],
    fields: {
      type: "tcp",
      host: escaped(place.host),
      port: place.port,
      ...more.fields,
    },
  };
}

function isPort(text: string | undefined): boolean {
  return /^\d+$/.test(text ?? "") && Number(text) >= 1 && Number(text) <= 65535;
}

/** A place as it is written. */
function authorityOf({ host, port }: Required<Published>): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Where a port of the container can be reached from this machine. */
function placeOf(
  host: string,
  port: number,
  { published, names, address }: Container,
): Required<Published> | string {
  const name = host.replace(/^\[|\]$/g, "").toLowerCase();
  const isOwn = names.includes(name) ||
    /^(?:localhost|127(?:\.\d+){3}|0\.0\.0\.0|::1?)$/.test(name);
  if (!isOwn) return `it asks ${JSON.stringify(host)}, another machine`;
  const found = published(port);
  return found === undefined
    ? `port ${port} is not published`
    : { host: found.host ?? address, port: found.port };
}
