import { ApiError } from "../../apiserver/resources/api-error.ts";
import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import type { ObjectKey } from "../../apiserver/storage/object-store.ts";
import { type GitRepo, gitRepoSchema } from "../../shared/api/git-repo.ts";
import { type Clock, isoTime } from "../../shared/clock.ts";
import { parseDuration } from "../../shared/duration.ts";
import { AppError, toAppError } from "../../shared/errors.ts";
import { stableHash } from "../../codec/stable-hash.ts";
import type { Logger } from "../../shared/log.ts";
import { createWorkQueue } from "../../shared/runtime/work-queue.ts";
import type { ControllerMetrics } from "../../shared/runtime/metrics.ts";
import { gitRepoResource } from "../desired/hub.ts";
import { type GitRemote, remoteKey } from "../../shared/git-remote.ts";
import type { CommitNoticer, CommitNotice, Following } from "../git/notice-commit.ts";
import { isSameRepository, type WebhookPush } from "../git/webhook.ts";
import { type GitState, newGitState } from "../store/git-state-table.ts";
import type { CommittedChange, ObjectTable } from "../store/object-table.ts";
import { chartSecretsHash, readChartSecrets } from "./chart-secrets.ts";
import { defaultCredentialSecret, remoteOf } from "./git-credential.ts";
import { mergeFaults, newFault } from "./plan-bundles.ts";
import type { CommitToDeploy, DeployedCommit, RepoKey } from "./deploy-commit.ts";
import { keyOf, textOf } from "./repo-text.ts";

/** What the controller of GitRepos works with. */
export interface GitRepoControllerDeps {
  readonly objects: ObjectTable;
  readonly noticer: CommitNoticer;
  /** Fetches a commit, builds its bundles and saves them in one transaction. */
  readonly deployCommit: (wish: CommitToDeploy, signal: AbortSignal) => Promise<DeployedCommit>;
  /** Removes the bundles of a GitRepo that somebody deleted. */
  readonly removeRepo: (key: RepoKey) => Promise<void>;
  /** Deletes what is stored of a remote that nobody follows any more. */
  readonly forgetRemote: (remote: GitRemote) => void;
  readonly saveState: (key: RepoKey, state: GitState) => Promise<void>;
  /** Called when the state of a GitRepo has changed. */
  readonly stateChanged: (key: RepoKey) => void;
  readonly defaultIntervalMs: number;
  /** Whether warnings are errors where the GitRepo says nothing; another value builds all again. */
  readonly strict: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: ControllerMetrics;
}

/** Follows every GitRepo: notices commits and brings their bundles into force. */
export interface GitRepoController extends AsyncDisposable {
  /** Begins with what is stored. */
  start(
    states: readonly { readonly namespace: string; readonly name: string; readonly state: GitState }[],
    repos: readonly RepoKey[],
  ): void;
  /** Takes in changes of GitRepos and of Secrets that they may use. */
  apply(changes: readonly Pick<CommittedChange, "key">[]): void;
  /** A verified webhook: looks at once at the GitRepos that it concerns; returns how many. */
  push(push: WebhookPush): number;
  /** Brings the commit in force into force once more. */
  rebuild(key: RepoKey): void;
  stateOf(namespace: string, name: string): GitState;
  /** Returns the names of GitRepos with bundles in force that were not looked at, and built where needed, since the start. */
  unbuilt(namespace: string): readonly string[];
  /** Returns where a GitRepo is followed, with its credential; undefined before the first look. */
  remoteOf(namespace: string, name: string): GitRemote | undefined;
}

interface Followed {
  readonly key: RepoKey;
  readonly signature: string;
  readonly remote: GitRemote;
  readonly following: Following;
  notice: CommitNotice | undefined;
  pollError: AppError | undefined;
}

const backoff = { baseMs: 1000, maxMs: 300_000 };

/** Returns the controller; nothing runs before `start`. */
export function createGitRepoController(deps: GitRepoControllerDeps): GitRepoController {
  const states = new Map<string, GitState>();
  const followed = new Map<string, Followed>();
  const built = new Set<string>();
  /** When the same commit is built again, in milliseconds of the clock that only rises. */
  const dueMs = new Map<string, number>();
  const queue = createWorkQueue({
    name: "git-repo",
    run: reconcile,
    concurrency: 4,
    backoff,
    log: deps.log,
    ...(deps.metrics === undefined ? {} : { metrics: deps.metrics }),
  });
  const stateOf = (key: string): GitState => states.get(key) ?? newGitState;

  async function setState(key: RepoKey, state: GitState): Promise<void> {
    states.set(textOf(key), state);
    await deps.saveState(key, state);
    deps.stateChanged(key);
  }

  async function recordFault(key: RepoKey, error: AppError): Promise<void> {
    const before = stateOf(textOf(key));
    const faults = mergeFaults(before.faults, [newFault(error)], isoTime(deps.clock));
    await setState(key, { ...before, optionsHash: undefined, faults });
  }

  /** Keeps in the state why the remote cannot be looked at, or forgets it once it answers again. */
  async function recordPoll(key: RepoKey, error: AppError | undefined): Promise<void> {
    const { pollFault, ...before } = stateOf(textOf(key));
    if (error === undefined && pollFault === undefined) return;
    const known = pollFault === undefined ? [] : [pollFault];
    const [fault] = error === undefined ? [] : mergeFaults(known, [newFault(error)], isoTime(deps.clock));
    await setState(key, fault === undefined ? before : { ...before, pollFault: fault });
  }

  async function reconcile(text: string, signal: AbortSignal): Promise<{ readonly afterMs: number } | void> {
    const key = keyOf(text);
    try {
      return await reconcileRepo(key, signal);
    } catch (error) {
      if (signal.aborted) return;
      await recordFault(key, toAppError(error));
      throw error;
    }
  }

  async function reconcileRepo(key: RepoKey, signal: AbortSignal): Promise<{ readonly afterMs: number } | void> {
    const text = textOf(key);
    const gitRepo = await readRepo(key);
    if (gitRepo === undefined) {
      const last = followed.get(text)?.remote;
      stopFollowing(text);
      states.delete(text);
      dueMs.delete(text);
      built.delete(text);
      await deps.removeRepo(key);
      if (last !== undefined && !isFollowed(last)) deps.forgetRemote(last);
      return;
    }
    // Known to be here before its bundles are: whatever happens in between, a later start finds what to clean up.
    if (!states.has(text)) await setState(key, newGitState);
    const entry = await follow(key, gitRepo);
    const { notice, pollError } = entry;
    await recordPoll(key, pollError);
    if (notice === undefined || pollError !== undefined) return;
    const before = stateOf(text);
    const secrets = chartSecretsHash(await readChartSecrets(deps.objects, gitRepo));
    const { labels = {}, annotations = {}, generation = 1 } = gitRepo.metadata;
    const optionsHash = stableHash([gitRepo.spec, labels, annotations, secrets, deps.strict]);
    const isSame = before.commit === notice.commit;
    const waitMs = before.againAtMs === undefined ? undefined : waitUntil(text, before.againAtMs);
    if (isSame && before.optionsHash === optionsHash && (waitMs ?? 1) > 0) {
      built.add(text);
      return waitMs === undefined ? undefined : { afterMs: waitMs };
    }
    const { forceSyncGeneration: forceSync = 0 } = gitRepo.spec;
    // A commit's charts stay what they came to, until their interval is over or somebody forces a sync.
    const charts = isSame && (before.forceSync ?? 0) === forceSync ? before.charts : undefined;
    const wish = { gitRepo, remote: entry.remote, notice, ...(charts === undefined ? {} : { charts }) };
    const deployed = await deps.deployCommit(wish, signal);
    const { againAfterMs } = deployed;
    await setState(key, {
      commit: notice.commit,
      generation,
      optionsHash,
      forceSync,
      faults: mergeFaults(before.faults, deployed.faults, isoTime(deps.clock)),
      warnings: [...deployed.warnings],
      charts: [...deployed.charts],
      ...(againAfterMs === undefined ? {} : { againAtMs: deps.clock.now() + againAfterMs }),
    });
    if (againAfterMs !== undefined) dueMs.set(text, deps.clock.elapsed() + againAfterMs);
    built.add(text);
    deps.log.info({ gitRepo: text, commit: notice.commit, ...deployed.counters }, "commit deployed");
    if (againAfterMs !== undefined) return { afterMs: againAfterMs };
  }

  /** Returns how long to wait for a time, by the clock that only rises from when the time is first asked about. */
  function waitUntil(text: string, atMs: number): number {
    const due = dueMs.get(text) ?? deps.clock.elapsed() + Math.max(0, atMs - deps.clock.now());
    dueMs.set(text, due);
    return due - deps.clock.elapsed();
  }

  async function readObject(key: ObjectKey): Promise<ApiObject | undefined> {
    try {
      return await deps.objects.get(key);
    } catch (error) {
      if (error instanceof ApiError && error.reason === "NotFound") return undefined;
      throw error;
    }
  }

  async function readRepo(key: RepoKey): Promise<GitRepo | undefined> {
    const found = await readObject({ resource: gitRepoResource, ...key });
    if (found === undefined) return undefined;
    const { status: _computed, ...stored } = found;
    return gitRepoSchema.parse(stored);
  }

  /** Follows the remote of a GitRepo; a changed address, credential or ref is followed anew. */
  async function follow(key: RepoKey, gitRepo: GitRepo): Promise<Followed> {
    const text = textOf(key);
    const remote = remoteOf(gitRepo, await readSecret(gitRepo));
    const { branch, revision, pollingInterval, disablePolling } = gitRepo.spec;
    const wish = { ...(branch === undefined ? {} : { branch }), ...(revision === undefined ? {} : { revision }) };
    const intervalMs =
      disablePolling === true
        ? undefined
        : pollingInterval === undefined
          ? deps.defaultIntervalMs
          : Math.max(1000, parseDuration(pollingInterval));
    const signature = stableHash([remote, wish, intervalMs ?? 0]);
    const known = followed.get(text);
    if (known?.signature === signature) return known;
    stopFollowing(text);
    const following = deps.noticer.follow({
      remote,
      wish,
      intervalMs,
      onCommit: (notice) => {
        entry.notice = notice;
        entry.pollError = undefined;
        queue.add(text);
      },
      onError: (error) => {
        entry.pollError = error;
        queue.add(text);
      },
    });
    const entry: Followed = { key, signature, remote, following, notice: undefined, pollError: undefined };
    followed.set(text, entry);
    return entry;
  }

  async function readSecret(gitRepo: GitRepo): Promise<ApiObject | undefined> {
    const namespace = gitRepo.metadata.namespace ?? "";
    const wanted = gitRepo.spec.clientSecretName;
    const name = wanted === undefined || wanted === "" ? defaultCredentialSecret : wanted;
    const secret = await readObject({ resource: "/secrets", namespace, name });
    if (secret !== undefined || name !== wanted) return secret;
    throw new AppError(
      "GIT_SECRET_INVALID",
      `Secret ${namespace}/${name} does not exist: create it, or change spec.clientSecretName`,
      { verdict: "stalled" },
    );
  }

  function isFollowed(remote: GitRemote): boolean {
    const key = remoteKey(remote);
    return [...followed.values()].some((entry) => remoteKey(entry.remote) === key);
  }

  function stopFollowing(text: string): void {
    followed.get(text)?.following[Symbol.dispose]();
    followed.delete(text);
  }

  return {
    start: (stored, repos) => {
      for (const { namespace, name, state } of stored) states.set(textOf({ namespace, name }), state);
      // A GitRepo that was deleted while the hub was down still has a state here: its bundles are to go.
      for (const key of [...stored, ...repos]) queue.add(textOf(key));
    },
    apply: (changes) => {
      for (const { key } of changes) {
        if (key.resource === gitRepoResource) queue.add(textOf(key));
        if (key.resource !== "/secrets") continue;
        for (const text of followed.keys()) if (keyOf(text).namespace === key.namespace) queue.add(text);
      }
    },
    push: ({ urls, commit, ref }) => {
      const concerned = [...followed.values()].filter(({ remote }) =>
        urls.some((candidate) => isSameRepository(candidate, remote.url)),
      );
      for (const { following } of concerned) following.poke(commit, ref);
      return concerned.length;
    },
    rebuild: (key) => {
      states.set(textOf(key), { ...stateOf(textOf(key)), optionsHash: undefined });
      queue.add(textOf(key));
    },
    stateOf: (namespace, name) => {
      const text = textOf({ namespace, name });
      const checkedAt = followed.get(text)?.following.checkedAt();
      const state = stateOf(text);
      return checkedAt === undefined ? state : { ...state, lastPoll: new Date(checkedAt).toISOString() };
    },
    unbuilt: (namespace) =>
      [...states].flatMap(([text, { commit }]) =>
        text.startsWith(`${namespace}/`) && commit !== undefined && !built.has(text) ? [keyOf(text).name] : [],
      ),
    remoteOf: (namespace, name) => followed.get(textOf({ namespace, name }))?.remote,
    [Symbol.asyncDispose]: async () => {
      for (const text of followed.keys()) stopFollowing(text);
      await queue[Symbol.asyncDispose]();
    },
  };
}
