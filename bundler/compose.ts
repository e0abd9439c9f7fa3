import { randomInt } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import { join } from "node:path";
import { byBearerToken } from "../apiserver/access/authenticate.ts";
import { createRbacAuthorizer } from "../apiserver/access/rbac.ts";
import { createReviewResources } from "../apiserver/access/review-resources.ts";
import { createApiHandler } from "../apiserver/http/create-api-handler.ts";
import { createResourceRegistry } from "../apiserver/resources/resource-registry.ts";
import { createChartSource } from "../helm/chart/source/fetch-chart.ts";
import type { Clock } from "../shared/clock.ts";
import { toAppError } from "../shared/errors.ts";
import type { Logger } from "../shared/log.ts";
import { createHubMetrics } from "../shared/runtime/hub-metrics.ts";
import { createMetrics } from "../shared/runtime/metrics.ts";
import { createAgentEndpoints } from "./agents/agent-endpoints.ts";
import { createCheckIn } from "./agents/check-in.ts";
import { issueToken, issueUserToken } from "./agents/issue-token.ts";
import { createBundleDeploymentView } from "./api/bundle-deployments.ts";
import { coreKinds } from "./api/core-kinds.ts";
import { fleetKinds } from "./api/fleet-kinds.ts";
import { createPrepareBundle } from "./api/prepare-bundle.ts";
import { createWebhookEndpoint } from "./api/webhook-endpoint.ts";
import { bootstrapAdmin, bootstrapWorkspaces } from "./bootstrap.ts";
import { createKustomizeRenderer } from "../shared/runtime/kustomize/kustomize.ts";
import { createDecoderThread } from "./build/decode-in-worker.ts";
import { createGitChartFetcher } from "./build/fetch-git-chart.ts";
import { composeQuestions } from "./compose-questions.ts";
import { type BundlerConfig, removalBudgetOf } from "./config.ts";
import { announceLosses } from "./controllers/announce-losses.ts";
import { createStatusAnnouncer } from "./controllers/announce-status.ts";
import { readChartSecrets } from "./controllers/chart-secrets.ts";
import { createCommitDeployer } from "./controllers/deploy-commit.ts";
import { createGitRepoController } from "./controllers/git-repo-controller.ts";
import { maintainStore } from "./controllers/maintain-store.ts";
import { rebuildLost } from "./controllers/rebuild-lost.ts";
import { createRestoreGuard } from "./controllers/restore-guard.ts";
import { watchSilence } from "./controllers/watch-silence.ts";
import { createHub } from "./desired/hub.ts";
import type { ProxySettings } from "./git/git-http.ts";
import { createGitSource } from "./git/git-source.ts";
import { createTreeCache, openCommitTree } from "./git/read-tree.ts";
import { createMetricsAccess, withDefaultRights } from "./default-rights.ts";
import { hubFigures } from "./hub-figures.ts";
import { presentStatuses } from "./present-statuses.ts";
import { createRouter } from "./route-requests.ts";
import { loadHub } from "./load-hub.ts";
import { loadSealerKey, loadServerIdentity } from "./server-identity.ts";
import { createBlobTable } from "./store/blob-table.ts";
import { createCredentialTable } from "./store/credential-table.ts";
import { createGitStateTable } from "./store/git-state-table.ts";
import { createGroupCommit } from "./store/group-commit.ts";
import { metaValue, migrate } from "./store/migrate.ts";
import { openObjectTable } from "./store/object-table.ts";
import { openPostgres } from "./store/postgres/open-postgres.ts";
import { createReportTable } from "./store/report-table.ts";
import { createSealer } from "./store/sealer.ts";
import { openSqlite } from "./store/sqlite/open-sqlite.ts";

/** By how many versions of the store a process stands apart from the one before, at most. */
const versionGap = 2 ** 28;

/** What a bundler is composed from. */
export interface BundlerDeps {
  readonly config: BundlerConfig;
  readonly clock: Clock;
  readonly log: Logger;
  /** PATH, for git, ssh and kustomize. */
  readonly path: string;
  /** Proxies for Git servers, by the usual names of the environment. */
  readonly proxy?: ProxySettings;
  readonly version: string;
  readonly random: () => string;
}

/** A composed bundler. */
export interface Bundler extends AsyncDisposable {
  /** Listens and begins to work; returns where, and the kubeconfig's path when this start wrote it. */
  start(): Promise<{
    readonly url: string;
    readonly caCert: string | undefined;
    readonly caPin: string | undefined;
    readonly kubeconfig: string | undefined;
  }>;
}

/** Joins all parts of the hub. Nothing listens before `start`; disposing ends everything in reverse order. */
export async function composeBundler(deps: BundlerDeps): Promise<Bundler> {
  const { config, clock, log } = deps;
  await using stack = new AsyncDisposableStack();
  const closing = new AbortController();
  const metrics = createMetrics();
  const removalBudget = removalBudgetOf(config);
  const hub = createHub(removalBudget);
  const hubMetrics = createHubMetrics(metrics.registry, hubFigures(hub));

  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const db = stack.use(
    config.databaseUrl === undefined
      ? openSqlite(join(config.dataDir, "drover.db"))
      : await openPostgres(config.databaseUrl, log),
  );
  await migrate(db);
  const epoch = await metaValue(db, "epoch", deps.random);
  const objects = await openObjectTable(db, createSealer(await loadSealerKey(config)), randomInt(1, versionGap));
  const [blobs, credentials, gitStates, reports] = [
    createBlobTable(db, clock),
    createCredentialTable(db),
    createGitStateTable(db),
    createReportTable(db),
  ];
  const identity = await loadServerIdentity(config, clock);

  const onFault = (error: unknown): void => log.error({ err: toAppError(error) }, "unexpected error");
  const bundleDeployments = createBundleDeploymentView({ hub, firstVersion: clock.now() * 1000 });
  const announcer = createStatusAnnouncer({ hub, objects, bundleDeployments, onFault });
  stack.defer(async () => announcer.close());

  const git = stack.use(
    createGitSource({
      dataDir: config.dataDir,
      clock,
      log: log.child({ part: "git" }),
      path: deps.path,
      ...(deps.proxy === undefined ? {} : { proxy: deps.proxy }),
      ...(config.git === "command" ? { useCommand: () => true } : {}),
      githubApiUrl: config.githubApiUrl,
    }),
  );
  const trees = createTreeCache();
  const kustomize = createKustomizeRenderer({
    path: deps.path,
    dir: join(config.dataDir, "kustomize"),
    ...(config.kustomizeBinary === undefined ? {} : { binary: config.kustomizeBinary }),
  });
  const deployer = createCommitDeployer({
    hub,
    objects,
    blobs,
    kustomize,
    charts: createChartSource({
      cacheDir: join(config.dataDir, "charts"),
      fetchGit: createGitChartFetcher(git, join(config.dataDir, "git-charts")),
      decoder: stack.use(createDecoderThread()),
      ...(deps.proxy === undefined ? {} : { proxy: deps.proxy }),
    }),
    chartSecrets: async (gitRepo) => readChartSecrets(objects, gitRepo),
    chartIntervalMs: config.chartIntervalSeconds * 1000,
    strict: config.strict,
    removalBudget,
    clock,
    metrics: hubMetrics,
    fetchCommit: async (remote, notice, signal) => git.fetcher.fetchCommit({ remote, ...notice, signal }),
    openTree: (commit) => openCommitTree({ commit, cache: trees, limits: git.limits }),
  });
  const gitRepos = stack.use(
    createGitRepoController({
      objects,
      noticer: git.noticer,
      deployCommit: async (wish, signal) => deployer.deployCommit(wish, signal),
      forgetRemote: (remote) => git.fetcher.forget(remote),
      removeRepo: async (key) => {
        await deployer.removeRepo(key);
        await db.transaction((sql) => gitStates.remove(sql, key));
      },
      saveState: async (key, state) => db.transaction((sql) => gitStates.save(sql, key, state)),
      stateChanged: ({ namespace, name }) => announcer.gitRepo(namespace, name),
      defaultIntervalMs: config.pollingIntervalSeconds * 1000,
      strict: config.strict,
      clock,
      log: log.child({ controller: "git-repo" }),
      metrics: metrics.controller("git-repo"),
    }),
  );

  presentStatuses({ objects, hub, gitRepos, clock });

  await bootstrapWorkspaces({ config, db, objects, credentials, clock });
  const repos = await loadHub({ db, objects, reports, hub, clock });
  hub.onChange(announcer.changed);
  stack.use(announceLosses({ hub, objects, clock, onFault }));
  const restoreGuard = await createRestoreGuard({ objects, hub, announce: announcer.changed, clock, log });
  objects.onCommit((changes) => {
    hub.apply(changes);
    restoreGuard.apply(changes);
    gitRepos.apply(changes);
  });

  const userOfToken = async (token: string) => {
    const found = await credentials.find(token, clock.now());
    return found?.kind === "user" ? { name: found.name, groups: found.groups } : undefined;
  };
  const rbac = createRbacAuthorizer({ store: objects }, closing.signal);
  const questions = composeQuestions({ hub, blobs, clock, deployer, gitRepos, git, metrics: hubMetrics });
  const registry = createResourceRegistry([
    ...coreKinds(objects),
    ...fleetKinds({
      objects,
      bundleDeployments,
      prepareBundle: createPrepareBundle(db, blobs),
      questions: questions.subresources,
      issueToken: (token) => issueToken({ db, credentials, clock }, token),
      issueUserToken: (user) => issueUserToken({ db, credentials, clock }, user),
    }),
    ...createReviewResources({ authorize: rbac.authorize, rulesFor: rbac.rulesFor, userOfToken }),
  ]);
  const api = createApiHandler({
    registry,
    authenticate: byBearerToken(userOfToken),
    authorize: withDefaultRights(rbac.authorize),
    version: { major: "1", minor: "36", gitVersion: `v1.36.0+drover-${deps.version}` },
    clock,
    onFault,
  });
  const mayRead = createMetricsAccess({ open: config.metricsPublic, userOfToken, authorize: rbac.authorize });
  const checkIn = createCheckIn({
    epoch,
    durableVersion: objects.durableVersion,
    commits: createGroupCommit(db),
    reports,
    clock,
    questions: questions.desk,
    noticeRevision: restoreGuard.notice,
    unbuilt: gitRepos.unbuilt,
    reported: announcer.reported,
    metrics: hubMetrics,
  });
  const routes = createRouter(
    [
      createAgentEndpoints({
        epoch,
        hub,
        objects,
        checkIn,
        questions: questions.desk,
        credentials,
        blobs,
        contentLost: rebuildLost({ hub, deployer, gitRepos, clock, log: log.child({ part: "store" }) }),
        clock,
        metrics: hubMetrics,
        log: log.child({ part: "agents" }),
      }),
      createWebhookEndpoint({
        secret: config.webhookSecret,
        push: gitRepos.push,
        metrics: hubMetrics,
        log: log.child({ part: "webhook" }),
      }),
      api.handle,
    ],
    { metrics: config.metrics ? { metrics, mayRead } : undefined, onFault },
  );
  const server = createServer({ cert: identity.cert, key: identity.key, keepAliveTimeout: 65_000 }, routes);
  stack.defer(async () => closeServer(server));
  stack.defer(() => {
    closing.abort();
    questions.desk[Symbol.dispose]();
    api.close();
  });
  stack.use(
    maintainStore(
      { db, objects, blobs, reports, clock, log: log.child({ part: "store" }) },
      config.maintenanceSchedule,
    ),
  );
  stack.use(watchSilence({ hub, announcer, clock, offlineAfterMs: config.offlineAfterSeconds * 1000 }));

  const owned = stack.move();
  return {
    start: async () => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      server.once("error", reject);
      server.listen(config.port, config.host, resolve);
      await promise;
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : config.port;
      const host = config.host === "0.0.0.0" || config.host === "::" ? "localhost" : config.host;
      const url = `https://${host}:${port}`;
      const kubeconfig = await bootstrapAdmin({ config, db, objects, credentials, clock }, identity, url);
      gitRepos.start(await gitStates.readAll(), repos);
      return { url, caCert: identity.caCert, caPin: identity.caPin, kubeconfig };
    },
    [Symbol.asyncDispose]: async () => owned.disposeAsync(),
  };
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}
