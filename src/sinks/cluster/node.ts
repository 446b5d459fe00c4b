import type { RunningSection, SectionContext } from "../section.ts";
import type { ClusterSetup, ClusterValue } from "./value.ts";

/** Joins a cluster. */
export function startNode(
  { name }: ClusterSetup,
  _: SectionContext,
): Promise<RunningSection<ClusterValue>> {
  return Promise.reject(
    new Error(`Cannot join ${name}: agents cannot share checks yet`),
  );
}
