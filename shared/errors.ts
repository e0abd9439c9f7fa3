/**
 * What a fault means for whoever retries: `stalled` – a person must change something; `waiting` – come back after
 * `afterMs`; `transient` – retry with backoff.
 */
export type Verdict = "stalled" | "waiting" | "transient";

/** Every error code with what it means; `docs/reference/errors.md` lists exactly these (a test compares). */
export const errorCodes = {
  AGENT_OFFLINE: "A cluster cannot be asked anything: its agent has not been heard of for a while, or never.",
  AGENT_SILENT: "The agent of a cluster did not answer a question in time.",
  AGENT_UNKNOWN: "An agent credential or registration token is unknown or has expired.",
  ANSWER_REFUSED:
    "An agent does not answer such a question: turned off in its settings, or the object is not one of a bundle.",
  ANSWER_TOO_LARGE: "What an agent would answer is longer than an answer may be.",
  BLOB_INVALID: "A blob from the hub is cut off, too large, or not what its name promises; it is not used.",
  BLOB_NOT_FOUND: "An agent asked for a blob that its own desired document does not name.",
  BUNDLES_NONE: "A commit holds nothing to deploy at the paths of the GitRepo.",
  BUNDLE_DIR_MISSING: "An entry of spec.bundles names a directory that the repository does not have.",
  BUNDLE_NAME_TAKEN: "Two directories, or two GitRepos, give the same bundle name; the first keeps it.",
  BUNDLE_OPTION_UNSUPPORTED: "A bundle uses an option that this agent cannot carry out; it is not applied without it.",
  BUNDLE_STRICT: "A bundle has warnings, and strict makes them errors.",
  BUNDLE_TOO_MANY_FILES: "A bundle directory holds more files than are taken into one bundle.",
  CHART_AUTH_FAILED:
    "A chart repository or registry refused the credential or asks for one, or helmSecretName is missing.",
  CHART_FAILED: "A chart or template of a bundle cannot be read or rendered; the message is Helm's.",
  CHART_INVALID: "A Chart.yaml in a bundle cannot be read or lacks a required field.",
  CHART_NOT_FETCHED: "A chart that a bundle names is not in the repository and could not be fetched.",
  CHART_REFUSED:
    "A chart's address is malformed, or what its server answers breaks a limit, a digest or a format; it is not used.",
  CHART_VERSION_NOT_FOUND:
    "A chart repository or registry has no such chart, or no version of it that satisfies the constraint.",
  CLUSTERS_INVALID: "A file that should describe clusters holds something else.",
  CLUSTER_NAME_TAKEN: "An agent asks for the name of a cluster that another one registered.",
  CONFIG_INVALID: "Settings of a program are missing or wrong; the message lists every fault.",
  DEPENDENCY_NOT_READY: "A bundle waits for another one named in dependsOn.",
  DEPLOYMENT_INCOMPLETE: "Some objects of a deployment could not be applied; status names each.",
  DEPLOYMENT_TAKEN_BACK:
    "A deployment with helm.atomic failed and was taken back; the message says why, and what runs instead.",
  DOCUMENT_REFUSED: "The hub's document is invalid, older than the one in use, or from another store; nothing changes.",
  DURATION_INVALID: "A text that should be a Go duration such as 15m is none.",
  FIELD_CONFLICT:
    "Another field manager owns fields that this deployment never had; take it out of git or set takeOwnership.",
  FLEET_STILL_RUNS:
    "An object that Fleet deployed is to be adopted while Fleet's agent runs on the cluster; scale it to 0 first.",
  FLEET_YAML_INVALID: "A fleet.yaml cannot be read: syntax, a wrong type, or a value that is not allowed.",
  GIT_ANSWER_INVALID:
    "The git server's answer is not git's protocol: a wrong address, a login page or a broken transfer.",
  GIT_AUTH_FAILED: "The git server refused the credential, or asks for one.",
  GIT_BINARY_MISSING: "The `git` command is needed for this repository and is not on PATH.",
  GIT_COMMAND_FAILED: "The `git` command ended with an error; the message has its last lines.",
  GIT_LIMIT_EXCEEDED: "A repository is larger than the limits on bytes, objects, depth, time or memory allow.",
  GIT_OBJECT_MISSING: "An object of a commit is not in the object store; it is fetched afresh.",
  GIT_REDIRECT_REFUSED: "The git server redirects to where it must not be followed.",
  GIT_REF_NOT_FOUND: "The branch, tag or commit does not exist in the repository.",
  GIT_REPOSITORY_INVALID: "A repository holds an object that git itself would not check out.",
  GIT_SECRET_INVALID: "A Secret named by a GitRepo holds no Git credential, or does not exist.",
  GIT_STORE_CORRUPT: "A stored pack or object is damaged; the object store is thrown away and fetched afresh.",
  GIT_UNREACHABLE: "The git server could not be reached, timed out, or answered with a server error.",
  GIT_URL_INVALID: "The repository's address is malformed or of a kind that is not allowed.",
  GIT_WORKER_ENDED: "The process that fetches from git ended unexpectedly; the fetch is tried again in a new one.",
  HOOK_FAILED:
    "A hook of a chart failed, took too long or could not be made; nothing after it is done until it succeeds.",
  HUB_ANSWER_INVALID: "The hub answered with something that is not the agent protocol; nothing changes.",
  HUB_REFUSED: "The hub refused a request of the command line; the message is the hub's.",
  HUB_UNAUTHORIZED: "The hub does not know the agent's credential or token; register the cluster again.",
  HUB_UNREACHABLE: "The hub cannot be reached; the agent goes on from its cache.",
  IMPORT_INCOMPLETE:
    "A step of `drover import fleet` is refused, or is not done in time; the message names what is missing and the command that mends it.",
  INPUT_FILE_INVALID:
    "A file or folder given to a command cannot be read, or is something else than the command needs.",
  INTERNAL: "A fault of Drover itself; the log has the stack.",
  INVENTORY_UNREADABLE: "The list of what a deployment owns cannot be read; nothing of it is deleted until it can.",
  KUBECONFIG_INVALID: "The kubeconfig lacks something or logs in in a way the agent does not support.",
  KUBE_ALREADY_EXISTS: "The API server has an object of that name.",
  KUBE_BUSY: "The API server asks to come back later.",
  KUBE_CONFLICT: "The API server has another version of the object, or other managers own the fields.",
  KUBE_EXPIRED: "The resource version is too old for the API server; the kind is listed anew.",
  KUBE_FORBIDDEN: "The API server does not allow this: permissions or an admission policy.",
  KUBE_INVALID: "The API server finds the object invalid.",
  KUBE_NAMESPACE_MISSING: "The namespace that the agent keeps its own things in does not exist.",
  KUBE_NOT_FOUND: "The API server has no such object or kind.",
  KUBE_UNAUTHORIZED: "The API server does not accept the agent's credentials.",
  KUBE_UNAVAILABLE: "The API server failed or answered with something unexpected.",
  KUBE_UNREACHABLE: "The API server cannot be reached.",
  KUSTOMIZE_BINARY_MISSING: "Neither `kustomize` nor `kubectl` was found to render a kustomization.",
  KUSTOMIZE_FAILED: "kustomize refused a kustomization, or ran out of its time, memory or output limit.",
  KUSTOMIZE_NOT_RENDERED: "A kustomization reached the agent as files; its bundler is too old to render it.",
  KUSTOMIZE_REMOTE_BASE: "A kustomization refers to a remote address, which is not fetched.",
  LINK_INVALID: "A symbolic link in a bundle leads nowhere, out of the repository, or in a circle.",
  MANIFEST_INVALID: "A manifest of a bundle cannot be read; the message has file, line and column.",
  NAMESPACE_FORBIDS_CLUSTER: "`namespace` is set and a bundle holds cluster-scoped objects; use defaultNamespace.",
  NAMESPACE_NOT_ALLOWED: "A bundle aims at a namespace that its workspace's policy does not allow.",
  NO_BUNDLES: "No bundle was found at the paths of a GitRepo; what was deployed before stays.",
  OBJECT_DUPLICATED: "A bundle renders the same object twice.",
  OBJECT_HELD_BY_OTHER: "Another bundle of this cluster owns the object; take it out of one of the two.",
  OBJECT_IMMUTABLE:
    "A field of an object cannot be changed in place; put it back, or ask for a replacement where the message says so.",
  OBJECT_INVALID: "A rendered object lacks its name, or its kind is not served by the cluster.",
  OUTPUT_NOT_WRITTEN: "A file that a command was to write could not be written.",
  OVERLAY_INVALID: "A file of an overlay cannot be read, or does not fit what it patches.",
  PATTERN_INVALID: "A glob in paths or .fleetignore is malformed.",
  QUESTIONS_TOO_MANY: "Too many questions to one cluster are open; ask again in a moment.",
  QUESTION_UNKNOWN: "An agent does not know this kind of question: it is older than its hub.",
  REGISTRATION_FAILED: "The hub refused to register the cluster.",
  REMOVAL_BUDGET_INVALID: "The annotation drover.dev/removal-budget of a GitRepo is no JSON of its numbers.",
  REMOVAL_HELD: "Objects would be removed beyond the limits; a person must approve.",
  RENDER_LIMIT: "Rendering took too long or too much memory.",
  REQUEST_INVALID: "A request body does not fit its schema; the message lists the fields.",
  ROLLOUT_INVALID: "A number or percentage of a rolloutStrategy is malformed.",
  SERVICE_ACCOUNT_MISSING: "The service account that a bundle is to be applied with does not exist.",
  STORE_CORRUPT: "A row of the database is not what Drover wrote; a content is removed and built again.",
  STORE_KEY_WRONG: "Stored Secrets were encrypted with another key.",
  STORE_LOCKED: "Another bundler uses this database.",
  STORE_RESTORED: "The hub's store was restored from a backup: nothing is removed until a person approves it.",
  STORE_TOO_NEW: "The database was written by a newer Drover.",
  STORE_UNAVAILABLE: "PostgreSQL does not answer.",
  TARGET_SELECTOR_INVALID: "A label selector has an operator, key or value that Kubernetes does not allow.",
  TEMPLATE_FAILED: "A `*.yaml.hbs` template is malformed or names what is not there; the message has line and column.",
  USAGE_INVALID: "A command was called with words that it does not understand.",
  VALUES_FILE_INVALID: "A values file is missing, outside of the repository, or no YAML map.",
  VALUES_FROM_INVALID: "An object named by helm.valuesFrom holds something else than a YAML map under its key.",
  VALUES_FROM_MISSING:
    "An object named by helm.valuesFrom, or its key, is not in the cluster; the bundle waits for it.",
  VALUES_TEMPLATE_FAILED: "A template in helm.values or helm.templateValues failed for one cluster.",
  WAIT_TIMEOUT:
    "A definition, a namespace, or with helm.timeoutSeconds another object did not become ready in time; the message names it.",
  WEBHOOK_INVALID: "A webhook call whose body or event cannot be understood.",
  WEBHOOK_REFUSED: "A webhook call without a valid signature, or no webhook secret is configured.",
} as const satisfies Record<string, string>;

/** A code of the table above. */
export type ErrorCode = keyof typeof errorCodes;

/** Where in a person's input a fault lies; lines and columns count from 1. */
export interface SourcePosition {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** What an `AppError` carries besides its message. */
export interface AppErrorOptions {
  readonly verdict?: Verdict;
  readonly afterMs?: number;
  readonly position?: SourcePosition;
  readonly details?: Readonly<Record<string, string | number | boolean>>;
  /** Each fault where several were found in one input. */
  readonly errors?: readonly AppError[];
  readonly cause?: unknown;
}

/** An expected fault: a stable code, a message that says what to do next and holds no secrets, and a verdict. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly verdict: Verdict;
  readonly afterMs: number | undefined;
  readonly position: SourcePosition | undefined;
  readonly details: Readonly<Record<string, string | number | boolean>>;
  readonly errors: readonly AppError[];

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.verdict = options.verdict ?? "transient";
    this.afterMs = options.afterMs;
    this.position = options.position;
    this.details = options.details ?? {};
    this.errors = options.errors ?? [];
  }
}

/** Returns the error as an `AppError`: itself, or an `INTERNAL` one around it. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AppError("INTERNAL", message, { cause: error });
}
