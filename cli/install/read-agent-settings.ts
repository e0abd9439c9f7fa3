import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { defaultAgentNamespace } from "../../shared/api/annotations.ts";
import { AppError } from "../../shared/errors.ts";
import { droverVersion } from "../../shared/version.ts";
import { answeredByDefault, type QuestionKind, questionKinds } from "../../shared/protocol/questions.ts";
import { type CommandInput, listOption, switchOption, textOption, UsageError } from "../command.ts";
import { agentRoles, type AgentSettings } from "./agent-settings.ts";

const dnsLabel = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/u;
const dnsSubdomain = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/u;
const labelKey = /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/u;
const labelValue = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/u;
const pinForm = /^(?:sha256:)?(?:[0-9A-Fa-f]{64}|(?:[0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2})$/u;

/** Returns the settings of an agent that is to be installed; throws UsageError, or `INPUT_FILE_INVALID` for the CA's file. */
export function readAgentSettings(input: CommandInput, cwd: string): AgentSettings {
  const text = (name: string): string | undefined => textOption(input, name);
  const hub = urlOf(required(text("hub"), "--hub", "the hub's address"), "--hub");
  const caFile = text("ca-file");
  const caPin = text("ca-pin");
  const clusterName = text("cluster-name");
  const proxy = text("proxy");
  const noProxy = text("no-proxy");
  if (caFile !== undefined && caPin !== undefined) throw new UsageError("--ca-file and --ca-pin exclude each other");
  if (caPin !== undefined && !pinForm.test(caPin)) throw new UsageError("--ca-pin must be a SHA-256 in hex");
  if (hub.protocol === "http:" && (caFile ?? caPin) !== undefined)
    throw new UsageError("--hub is http: without TLS there is no CA to check");
  if (clusterName !== undefined && !dnsSubdomain.test(clusterName))
    throw new UsageError(`--cluster-name ${clusterName} is no name: lower case letters, digits, - and .`);
  return {
    hub,
    token: switchOption(input, "for-git")
      ? undefined
      : required(text("token"), "--token", "`drover register-token create` makes one"),
    labels: labelsOf(listOption(input, "label")),
    namespace: namespaceOf(text("namespace") ?? defaultAgentNamespace),
    image: text("image") ?? `drover-agent:${droverVersion}`,
    roles: rolesOf(text("roles") ?? "narrow"),
    replicas: replicasOf(text("replicas") ?? "2"),
    answers: answersOf(text("answers")),
    hideLogs: switchOption(input, "hide-logs"),
    ...(caFile === undefined ? {} : { ca: readCa(resolve(cwd, caFile)) }),
    ...(caPin === undefined ? {} : { caPin }),
    ...(clusterName === undefined ? {} : { clusterName }),
    ...(proxy === undefined ? {} : { proxy: urlOf(proxy, "--proxy") }),
    ...(noProxy === undefined ? {} : { noProxy }),
  };
}

function required(value: string | undefined, name: string, what: string): string {
  if (value === undefined || value === "") throw new UsageError(`${name} is missing: ${what}`);
  return value;
}

function urlOf(text: string, name: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/u.test(url.protocol)) throw new UsageError(`${name} ${text} is no http(s) address`);
  return url;
}

function namespaceOf(name: string): string {
  if (dnsLabel.test(name)) return name;
  throw new UsageError(`--namespace ${name} is no namespace: at most 63 lower case letters, digits and -`);
}

function rolesOf(word: string): AgentSettings["roles"] {
  const found = agentRoles.find((role) => role === word);
  if (found === undefined) throw new UsageError(`--roles ${word} is unknown: use ${agentRoles.join(" or ")}`);
  return found;
}

function replicasOf(word: string): number {
  if (/^[1-5]$/u.test(word)) return Number(word);
  throw new UsageError(`--replicas ${word}: one works, the others wait; give 1 to 5`);
}

function answersOf(list: string | undefined): ReadonlySet<QuestionKind> {
  if (list === undefined) return new Set(questionKinds.filter((kind) => answeredByDefault[kind]));
  const words = list === "none" ? [] : list.split(",").map((word) => word.trim());
  return new Set(
    words.map((word) => {
      const kind = questionKinds.find((one) => one === word);
      if (kind !== undefined) return kind;
      throw new UsageError(`--answers ${word}: use none, or some of ${questionKinds.join(", ")} with commas`);
    }),
  );
}

function labelsOf(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf("=");
      const [key, value] = [word.slice(0, at), word.slice(at + 1)];
      if (at > 0 && labelKey.test(key) && labelValue.test(value)) return [key, value];
      throw new UsageError(`${word} is no label: write KEY=VALUE as Kubernetes allows it`);
    }),
  );
}

/** Returns the certificates of a PEM file without what else it holds: a private key must not go into the cluster. */
function readCa(file: string): string {
  const refuse = (problem: string, cause?: unknown): AppError =>
    new AppError("INPUT_FILE_INVALID", `${file}: ${problem}`, { verdict: "stalled", cause });
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch (error) {
    throw refuse(`the CA cannot be read: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const found = content.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu) ?? [];
  if (found.length === 0) throw refuse("holds no certificate in PEM form");
  try {
    for (const pem of found) void new X509Certificate(pem);
  } catch (error) {
    throw refuse("holds a damaged certificate", error);
  }
  return `${found.join("\n")}\n`;
}
