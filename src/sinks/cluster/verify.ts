import { lowerFirst } from "../../core/text.ts";
import { isGranted } from "../../io/permission_flags.ts";
import type { ConfigIssue } from "../../schema/issue.ts";
import type { SectionVerification } from "../section.ts";
import { ContentError, readContent } from "./content.ts";
import { authenticatorOf, tryTls } from "./nats/credentials.ts";
import { type ClusterTls, type ClusterValue, isContent } from "./value.ts";

/** The files of TLS that are tried together. */
const TOGETHER = [["ca"], ["cert", "key"]] as const;

/** Reads the files of a cluster, and tries what is in them, as an agent does. */
export async function verifyCluster(
  { login, tls }: ClusterValue,
): Promise<SectionVerification> {
  const issues: ConfigIssue[] = [];
  const missing: Deno.PermissionDescriptor[] = [];

  function report(key: string, error: unknown): void {
    if (!(error instanceof ContentError || error instanceof TypeError)) {
      throw error;
    }
    issues.push({ path: `cluster.${key}`, message: lowerFirst(error.message) });
  }

  /** The content of a file, unless a text is that itself; nothing if it is not known. */
  async function contentOf(
    key: string,
    text: string,
  ): Promise<string | undefined> {
    if (isContent(text)) return text;
    const permission = { name: "read", path: text } as const;
    if (!isGranted(permission)) return void missing.push(permission);
    try {
      return await readContent(text);
    } catch (error) {
      return void report(key, error);
    }
  }

  if (login !== null) {
    const text = login.type === "credentials"
      ? await contentOf("credentials", login.text)
      : undefined;
    try {
      if (login.type === "nkey") authenticatorOf(login);
      if (text !== undefined) authenticatorOf({ type: "credentials", text });
    } catch (error) {
      report(login.type, error);
    }
  }
  for (const names of TOGETHER) {
    const read: { -readonly [Name in keyof ClusterTls]: string } = {};
    const given = names.filter((name) => tls?.[name] !== undefined);
    for (const name of given) {
      const content = await contentOf(`tls.${name}`, tls![name]!);
      if (content !== undefined) read[name] = content;
    }
    if (Object.keys(read).length < given.length) continue;
    try {
      tryTls(read);
    } catch (error) {
      report(`tls.${names[0]}`, error);
    }
  }
  return { issues, missing };
}
