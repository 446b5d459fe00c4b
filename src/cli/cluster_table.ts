import {
  type ClusterTrouble,
  clusterTroubles,
  configNote,
  runs,
  troubleText,
} from "../core/cluster/troubles.ts";
import { formatDuration } from "../core/duration.ts";
import { lastingText } from "../core/people/lasting.ts";
import { SIGNS } from "../core/people/summary.ts";
import type { Status } from "../core/types.ts";
import type { ClusterJson, MemberJson } from "../server/cluster/json.ts";
import { columns, loadWidths, printable } from "./terminal/columns.ts";
import { painted } from "./terminal/style.ts";

/** The colours of the states of agents. */
const COLOURS: Readonly<Record<MemberJson["state"], Status>> = {
  live: "healthy",
  leaving: "degraded",
  gone: "unhealthy",
};

/** What of a cluster somebody should look at. */
export function troublesOf(cluster: ClusterJson): ClusterTrouble[] {
  return clusterTroubles({
    ...cluster,
    // An agent of another version may not say it.
    fault: cluster.fault ?? null,
    untoldSince: cluster.untoldSince ? Date.parse(cluster.untoldSince) : null,
    isConnected: cluster.connected,
    connectedSince: Date.parse(cluster.connectedSince),
    members: cluster.members.map((member) => ({
      ...member,
      seenAt: Date.parse(member.seenAt),
    })),
  });
}

/** A cluster in lines: what it is, what is wrong, and a table of its agents. */
export async function clusterLines(
  cluster: ClusterJson,
  now: number,
): Promise<string[]> {
  const { name, self, connected, connectedSince, teller, members } = cluster;
  const all = members.reduce((sum, member) => sum + (runs(member) ?? 0), 0);
  const rows = members.map((member) => {
    const { id, state, region, seenAt, lagMs, config } = member;
    const owned = runs(member);
    return [
      printable(id) + (id === self ? " *" : ""),
      painted(state, COLOURS[state]),
      printable(region ?? ""),
      owned === null ? "" : `${owned}`,
      owned === null || all === 0 ? "" : `${Math.round(owned / all * 100)} %`,
      `${lastingText(now - Date.parse(seenAt))} ago`,
      lagMs === null ? "" : formatDuration(Math.round(lagMs)),
      printable(config).slice(0, 12),
      printable(member.version ?? ""),
    ];
  });
  const troubles = troublesOf(cluster).map((
    { status, subject, says, namely, since },
  ) =>
    painted(SIGNS[status], status) + " " +
    printable(`${subject} ${troubleText(says, namely)}`) +
    (since === null ? "" : ` (for ${lastingText(now - since)})`)
  );
  const note = configNote(members);
  await loadWidths(rows.flat());
  return [
    `cluster ${printable(name)}, ${
      connected ? "connected" : "not connected"
    } for ${lastingText(now - Date.parse(connectedSince))}, ${
      teller === null ? "nobody sends" : `${printable(teller)} sends`
    } messages`,
    ...troubles,
    ...note === undefined
      ? []
      : [`${painted(SIGNS.degraded, "degraded")} ${note}`],
    "",
    ...columns([
      [
        "AGENT",
        "STATE",
        "REGION",
        "CHECKS",
        "SHARE",
        "SEEN",
        "LAG",
        "CONFIG",
        "VERSION",
      ],
      ...rows,
    ]),
  ];
}
