import type { ImportedCheck } from "../config_text.ts";
import { documentsOf } from "../documents.ts";
import { withIds } from "../ids.ts";
import type { ImportOptions, Source } from "../options.ts";
import type { Report } from "../report.ts";
import { Alerts } from "./alerts.ts";
import { checkOf, externalCheck } from "./check.ts";
import { Variables } from "./variables.ts";

/** Keys of a file that have no counterpart, and what to do instead. */
const NOT_IMPORTED: Readonly<Record<string, string>> = {
  announcements: "not imported",
  concurrency: "not imported: set concurrency",
  connectivity: "not imported: checks run without it",
  debug: "not imported",
  "disable-monitoring-lock": "not imported: set concurrency",
  maintenance: "not imported: checks have no maintenance windows",
  metrics: "not imported: they are always at /metrics",
  remote: "not imported: import the files of these instances, too",
  security: "not imported: set token to protect the page",
  "skip-invalid-config-update": "not imported: it is always so",
  storage: "not imported: set state to keep the state of the checks",
  suites: "not imported: checks do not depend on each other",
  tunneling: "not imported: checks have no tunnels",
  ui: "not imported: the page has no settings",
  web: "not imported: set listen to choose the address",
};

/** Reads the endpoints of config files of Gatus, which merges them. */
export function importGatus(
  sources: readonly Source[],
  options: ImportOptions,
  report: Report,
): ImportedCheck[] {
  const variables = new Variables(options, report);
  const documents = sources.flatMap(({ name, text }) =>
    documentsOf(text, {
      file: name,
      report,
      interpolate: (text, place) => variables.interpolate(text, place),
    }) ?? []
  );
  const alerts = new Alerts();
  for (const document of documents) alerts.add(document.get("alerting"));
  const checks = documents.flatMap((document) => {
    for (const [key, message] of Object.entries(NOT_IMPORTED)) {
      if (document.get(key).exists) document.get(key).warn(message);
    }
    // The name in versions before 5.
    return ["endpoints", "services"].flatMap((key) =>
      document.get(key).items("a list of endpoints")
    ).map((node) => checkOf(node, alerts))
      .concat(
        document.get("external-endpoints").items("a list of endpoints")
          .map((node) => externalCheck(node)),
      );
  }).filter((check) => check !== undefined);
  const [first] = documents;
  if (alerts.types.size > 0 && first !== undefined) {
    report.warn(
      { file: sources.map(({ name }) => name).join(", "), path: "" },
      `alerts are not sent: ${[...alerts.types].join(", ")}`,
    );
  }
  return withIds(checks);
}
