import type { ConfigIssue } from "../../schema/issue.ts";
import type { Section } from "../section.ts";
import { serverOf } from "./nats/server.ts";
import { type ClusterOptions, parseCluster } from "./parse.ts";
import { clusterProblems } from "./problems.ts";
import { CLUSTER } from "./schema.ts";
import { type ClusterValue, HOSTNAME, isContent } from "./value.ts";

/** Shares the checks with other agents. */
export const clusterSection:
  & Section<ClusterValue>
  & {
    readonly problems: (
      options: Partial<ClusterOptions>,
      content: unknown,
      isValid: (path: string) => boolean,
    ) => readonly ConfigIssue[];
  } = {
    key: "cluster",
    schema: CLUSTER,
    problems: (options, _, isValid) => clusterProblems(options, isValid),
    parse: parseCluster,
    needs({ servers, id, login, tls }) {
      const files = [
        ...(login?.type === "credentials" ? [login.text] : []),
        ...Object.values(tls ?? {}),
      ].filter((text) => !isContent(text));
      return [
        ...servers.map((url) =>
          ({ name: "net", host: serverOf(url).authority }) as const
        ),
        ...files.map((path) => ({ name: "read", path }) as const),
        ...(id === null ? [HOSTNAME] : []),
      ];
    },
    async verify(value) {
      const { verifyCluster } = await import("./verify.ts");
      return await verifyCluster(value);
    },
    async start(value, context) {
      const { setUp } = await import("./setup.ts");
      const setup = await setUp(value);
      const { startNode } = await import("./node.ts");
      return await startNode(setup, context);
    },
  };
