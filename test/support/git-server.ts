import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { startGitServer as startServer } from "../../simulator/git-server.ts";
import type { GitRequestKind } from "../../simulator/git-request.ts";
import { createAuthority } from "../kube/pki.ts";
import { answerWithFault, bodyFault, type GitFault } from "./git-faults.ts";
import { createGitWorkTree, type CommitChange, type GitWorkTree } from "./git-work-tree.ts";
import { createTempDir } from "./temp-dir.ts";

const run = promisify(execFile);

/** What a test's Git server asks of its clients. */
export interface TestGitServerOptions {
  readonly auth?: { readonly user: string; readonly password: string };
  /** Serves HTTPS with a certificate of an authority of its own, for 127.0.0.1 and localhost. */
  readonly tls?: boolean;
}

/** A Git server with conveniences for tests. */
export interface TestGitServer extends AsyncDisposable {
  readonly url: string;
  /** PEM of the authority, where TLS was asked for. */
  readonly caCert: string | undefined;
  /** Requests that were served so far, by kind; those that a fault answered do not count. */
  readonly requests: Readonly<Record<GitRequestKind, number>>;
  /** Requests that arrived, whatever became of them. */
  readonly arrivals: number;
  /** Creates an empty repository and returns its clone URL, without credentials. */
  createRepository(name: string): Promise<string>;
  /** Commits and pushes, also while the server misbehaves; returns the commit's hash. */
  commit(repository: string, change: CommitChange): Promise<string>;
  deleteBranch(repository: string, branch: string): Promise<void>;
  tag(repository: string, name: string, target: string): Promise<void>;
  /** From now on answers are faulty; undefined ends that. */
  setFault(fault: GitFault | undefined): void;
  /** Stops listening: clients see refused connections. */
  goDown(): Promise<void>;
  /** Listens again, on the same port. */
  comeBack(): Promise<void>;
}

/** Starts a Git server on a free port of 127.0.0.1 with repositories in a temporary folder. */
export async function startGitServer(options: TestGitServerOptions = {}): Promise<TestGitServer> {
  const dir = await createTempDir("git");
  const tls = options.tls === true ? await createServerCertificate() : undefined;
  const requests = { advertise: 0, "ls-refs": 0, fetch: 0, push: 0 };
  let arrivals = 0;
  let fault: GitFault | undefined;
  const listen = async (port?: number) =>
    startServer({
      root: join(dir.path, "repositories"),
      ...(options.auth === undefined ? {} : { auth: options.auth }),
      ...(tls === undefined ? {} : { tls }),
      ...(port === undefined ? {} : { port }),
      intercept: (request, response) => {
        arrivals += 1;
        return fault !== undefined && answerWithFault(fault, request, response);
      },
      onExchange: ({ kind }) => {
        requests[kind] += 1;
      },
      transform: (kind) => bodyFault(fault, kind),
    });
  let server = await listen();
  const { url, port } = server;
  const workTrees = new Map<string, Promise<GitWorkTree>>();
  const workTree = (repository: string): Promise<GitWorkTree> => {
    const known = workTrees.get(repository);
    if (known !== undefined) return known;
    const created = createGitWorkTree(server.repositoryPath(repository), join(dir.path, "work", repository));
    workTrees.set(repository, created);
    return created;
  };
  return {
    url,
    caCert: tls?.caCert,
    requests,
    get arrivals() {
      return arrivals;
    },
    createRepository: (name) => server.createRepository(name),
    commit: async (repository, change) => (await workTree(repository)).commit(change),
    deleteBranch: async (repository, branch) => {
      // A server usually refuses to lose its default branch; here that is the point.
      await run("git", ["config", "receive.denyDeleteCurrent", "ignore"], { cwd: server.repositoryPath(repository) });
      await (await workTree(repository)).deleteBranch(branch);
    },
    tag: async (repository, name, target) => {
      await (await workTree(repository)).tag(name, target);
    },
    setFault: (wanted) => {
      fault = wanted;
    },
    goDown: async () => {
      await server[Symbol.asyncDispose]();
    },
    comeBack: async () => {
      server = await listen(port);
    },
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

async function createServerCertificate() {
  const authority = await createAuthority("drover-test-git-ca");
  const pair = await authority.issue({
    name: "git",
    usage: "1.3.6.1.5.5.7.3.1",
    dnsNames: ["localhost"],
    ips: ["127.0.0.1"],
  });
  return { ...pair, caCert: authority.cert };
}
