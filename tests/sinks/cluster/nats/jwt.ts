import { nkeys } from "@nats-io/transport-node";

/** What a server with an operator, and a user of it, need. */
export interface Operated {
  /** Lines for the server's config file. */
  readonly config: string;
  /** The contents of the user's credentials file. */
  readonly credentials: string;
}

const encoder = new TextEncoder();

type Pair = ReturnType<typeof nkeys.createUser>;

/** Makes an operator, an account and a user, as `nsc` does. */
export function operated(): Operated {
  const operator = nkeys.createOperator();
  const account = nkeys.createAccount();
  const system = nkeys.createAccount();
  const user = nkeys.createUser();
  const seed = new TextDecoder().decode(user.getSeed());
  const jwt = signed(account, user, "user", {});
  const own = account.getPublicKey();
  const limits = { subs: -1, data: -1, payload: -1, imports: -1, exports: -1 };
  const of = (account: Pair) =>
    signed(operator, account, "account", {
      limits: { ...limits, wildcards: true, conn: -1, leaf: -1 },
    });
  const other = system.getPublicKey();
  return {
    config: `operator: ${signed(operator, operator, "operator", {})}
resolver: MEMORY
system_account: ${other}
resolver_preload: { ${own}: ${of(account)}, ${other}: ${of(system)} }`,
    credentials: `-----BEGIN NATS USER JWT-----
${jwt}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
${seed}
------END USER NKEY SEED------
`,
  };
}

function signed(
  issuer: Pair,
  subject: Pair,
  type: string,
  claims: object,
): string {
  const body = [
    { typ: "JWT", alg: "ed25519-nkey" },
    {
      jti: crypto.randomUUID(),
      iat: Math.floor(Date.now() / 1000),
      iss: issuer.getPublicKey(),
      name: type,
      sub: subject.getPublicKey(),
      nats: { ...claims, type, version: 2 },
    },
  ].map((part) => url64(encoder.encode(JSON.stringify(part)))).join(".");
  return `${body}.${url64(issuer.sign(encoder.encode(body)))}`;
}

function url64(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
