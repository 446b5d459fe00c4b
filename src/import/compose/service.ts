import type { ComposeTest } from "./health.ts";
import { publishedPorts } from "./ports.ts";
import { durationText } from "../duration_text.ts";
import type { Field, ImportedCheck } from "../config_text.ts";
import { environmentOf } from "./container_environment.ts";
import { escaped } from "../escape.ts";
import { parseGoDuration } from "./go_duration.ts";
import type { Layers } from "./layers.ts";
import { type Container, type Native, nativeProbe } from "../native/native.ts";
import type { Words } from "../node.ts";
import type { ImportOptions } from "../options.ts";
import { textOf } from "../report.ts";
import { testWords } from "./test_words.ts";
import { Values } from "../native/values.ts";

/** A service with a healthcheck. */
export interface ComposeService {
  /** Its name. */
  readonly name: string;
  /** The name of its project; empty if it is not known. */
  readonly project: string;
  /** What separates the parts of its container's name. */
  readonly separator: string;
  /** Its definition. */
  readonly layers: Layers;
  /** Its test. */
  readonly test: ComposeTest;
  /** Its policy, as the keys of a check. */
  readonly policy: Readonly<Record<string, Field | undefined>>;
}

/** The check of a service; `undefined` if it cannot be imported. */
export function serviceCheck(
  service: ComposeService,
  options: ImportOptions,
): ImportedCheck | undefined {
  const { name, layers, test, policy } = service;
  const comments = [textOf({ file: test.node.file, path: test.node.path })];
  noteProfiles(layers, comments);
  const native = options.native ? toNative(service, options) : undefined;
  if (typeof native === "object") {
    return {
      id: name,
      comments: [...comments, ...native.notes],
      fields: { ...native.fields, ...limited(policy, native) },
    };
  }
  if (native !== undefined) {
    test.node.warn(`remains a command in its container: ${native}`);
  }
  const fields = toCommand(service, options);
  return fields && { id: name, comments, fields: { ...fields, ...policy } };
}

function noteProfiles(layers: Layers, comments: string[]): void {
  const profiles = layers.get("profiles");
  const names = profiles.nodes.flatMap((node) => node.items())
    .map((node) => node.text()).filter((name) => name !== undefined);
  if (names.length === 0) return;
  const text = `runs only with the profile ${names.join(" or ")}`;
  profiles.last?.warn(text);
  comments.push(text);
}

/** The policy, with the test's own timeout if that is shorter. */
function limited(
  policy: ComposeService["policy"],
  { maxSeconds }: Native,
): ComposeService["policy"] {
  const timeoutMs = parseGoDuration(String(policy["timeout"])) ?? 0;
  const limitMs = Math.ceil((maxSeconds ?? Infinity) * 1000);
  return limitMs < timeoutMs
    ? { ...policy, timeout: durationText(limitMs) }
    : policy;
}

function toCommand(
  service: ComposeService,
  { exec }: ImportOptions,
): Record<string, Field | undefined> | undefined {
  const { layers, test: { isShell, words } } = service;
  const [first, ...rest] = words.map(({ template }) => template);
  const command = isShell && rest.length === 0
    ? first!
    : [...isShell ? ["sh", "-c"] : [], first!, ...rest];
  if (exec === "none") {
    return { type: "command", command, ...namedVariables(service) };
  }
  const replicas = layers.get("deploy").get("replicas").last ??
    layers.get("scale").last;
  const count = replicas?.integer({
    min: 0,
    expected: "a whole number of 0 or more",
  });
  if (count === 0) {
    replicas?.warn("no check, because there are no containers");
    return undefined;
  }
  if (count !== undefined && count > 1) {
    replicas?.warn(`the check covers only the first of ${count} containers`);
  }
  const container = containerName(service);
  if (container === undefined) return undefined;
  return {
    type: "command",
    command,
    container,
    runtime: exec === "docker" ? undefined : exec,
  };
}

function containerName(
  { name, project, separator, layers, test }: ComposeService,
): string | undefined {
  const node = layers.get("container_name").last;
  const named = node?.words();
  if (named !== undefined && named.text !== "") {
    return /^[A-Za-z0-9][\w.-]*$/.test(named.text)
      ? named.template
      : node?.expected("the name of a container");
  }
  if (project === "") {
    test.node.warn(
      "not imported: the name of its container is not known; give --project NAME",
    );
    return undefined;
  }
  return escaped([project, name, 1].join(separator));
}

/** The variables of the service that its test uses, for a shell on this machine. */
function namedVariables(
  { layers, test: { isShell, words } }: ComposeService,
): Record<string, Field> {
  if (!isShell) return {};
  const environment = environmentOf(layers);
  const env: Record<string, string> = {};
  for (const [, name] of words[0].text.matchAll(/\$\{?([A-Za-z_]\w*)/g)) {
    const value = environment.get(name!);
    if (value !== undefined) env[name!] = value.template;
  }
  return Object.keys(env).length === 0 ? {} : { env };
}

/** A probe that needs no container, or the reason why there is none. */
function toNative(
  service: ComposeService,
  { address }: ImportOptions,
): Native | string {
  const { name, layers, test } = service;
  const environment = environmentOf(layers);
  const values = new Values();
  const words = testWords(test, environment, values);
  if (words === undefined) return "it is not a simple command";
  const isHost = layers.get("network_mode").last?.text() === "host";
  const container: Container = {
    address,
    names: [
      name,
      ...["container_name", "hostname"].map((key) =>
        layers.get(key).last?.text() ?? ""
      ),
    ].filter((name) => name !== "").map((name) => name.toLowerCase()),
    published: isHost
      ? (port) => ({ port })
      : publishedPorts(layers.get("ports")),
    hasPassword: asksForPassword(layers, environment),
    hasBusyBox: /alpine|busybox/.test(layers.get("image").last?.text() ?? ""),
    values,
  };
  return nativeProbe(words, container);
}

/** Whether a server such as Redis is configured to require a password. */
function asksForPassword(
  layers: Layers,
  environment: ReadonlyMap<string, Words>,
): boolean {
  const command = ["command", "entrypoint"].flatMap((key) => {
    const node = layers.get(key).last;
    return node === undefined ? [] : node.isList ? node.items() : [node];
  }).map((node) => node.text() ?? "").join(" ");
  return /--?requirepass|--aclfile|redis[\w.-]*\.conf/.test(command) ||
    [...environment.keys()].some((name) =>
      /^(?:REDIS|VALKEY)_(?:PASS|AUTH|ACL)/.test(name)
    );
}
