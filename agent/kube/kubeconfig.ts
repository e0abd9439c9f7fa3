import { dirname, resolve } from "node:path";
import * as z from "zod";
import { parseYaml } from "../../codec/parse-yaml.ts";
import { AppError } from "../../shared/errors.ts";
import { bearerFromFile, type KubeConnection, type ReadFile } from "./kube-connection.ts";

const clusterSchema = z.object({
  server: z.url(),
  "certificate-authority": z.string().optional(),
  "certificate-authority-data": z.string().optional(),
  "insecure-skip-tls-verify": z.boolean().optional(),
  "tls-server-name": z.string().optional(),
});

const userSchema = z.object({
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  "client-certificate": z.string().optional(),
  "client-certificate-data": z.string().optional(),
  "client-key": z.string().optional(),
  "client-key-data": z.string().optional(),
  exec: z.unknown().optional(),
  "auth-provider": z.unknown().optional(),
});

const contextSchema = z.object({ cluster: z.string(), user: z.string().optional() });

const kubeconfigSchema = z.object({
  "current-context": z.string().optional(),
  clusters: z.array(z.object({ name: z.string(), cluster: clusterSchema })),
  contexts: z.array(z.object({ name: z.string(), context: contextSchema })),
  users: z.array(z.object({ name: z.string(), user: userSchema })).optional(),
});

/** Which kubeconfig file, and which of its contexts (the current one when absent). */
export interface KubeconfigChoice {
  readonly path: string;
  readonly context?: string | undefined;
}

/** Returns the connection of a kubeconfig's context. Throws `KUBECONFIG_INVALID` for what is missing or not supported. */
export function kubeconfigConnection(choice: KubeconfigChoice, readFile: ReadFile): KubeConnection {
  const config = parseKubeconfig(choice.path, readFile);
  const contextName = choice.context ?? config["current-context"];
  const context = config.contexts.find((entry) => entry.name === contextName)?.context;
  if (context === undefined) throw fault(choice.path, `there is no context ${JSON.stringify(contextName ?? "")}`);
  const cluster = config.clusters.find((entry) => entry.name === context.cluster)?.cluster;
  if (cluster === undefined) throw fault(choice.path, `there is no cluster ${JSON.stringify(context.cluster)}`);
  const user = config.users?.find((entry) => entry.name === context.user)?.user ?? {};
  if (user.exec !== undefined || user["auth-provider"] !== undefined) {
    throw fault(
      choice.path,
      `user ${context.user} logs in by a command: give the agent a token or a client certificate`,
    );
  }
  const read = (path: string): Buffer => readFile(resolve(dirname(choice.path), path));
  const bytes = (data: string | undefined, path: string | undefined): Buffer | undefined => {
    if (data !== undefined) return Buffer.from(data, "base64");
    return path === undefined ? undefined : read(path);
  };
  const ca = bytes(cluster["certificate-authority-data"], cluster["certificate-authority"]);
  const cert = bytes(user["client-certificate-data"], user["client-certificate"]);
  const key = bytes(user["client-key-data"], user["client-key"]);
  const servername = cluster["tls-server-name"];
  return {
    baseUrl: cluster.server,
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(servername === undefined ? {} : { servername }),
      ...(cluster["insecure-skip-tls-verify"] === true ? { rejectUnauthorized: false } : {}),
    },
    authorization: authorizationOf(user, read),
  };
}

function authorizationOf(user: z.infer<typeof userSchema>, read: ReadFile): () => string | undefined {
  if (user.token !== undefined) {
    const value = `Bearer ${user.token}`;
    return () => value;
  }
  if (user.tokenFile !== undefined) return bearerFromFile(user.tokenFile, read);
  return () => undefined;
}

function parseKubeconfig(path: string, readFile: ReadFile): z.infer<typeof kubeconfigSchema> {
  let content: unknown;
  try {
    content = parseYaml(readFile(path).toString("utf8"))[0]?.value;
  } catch (error) {
    throw fault(path, error instanceof Error ? error.message : String(error));
  }
  const parsed = kubeconfigSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw fault(path, parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; "));
}

function fault(path: string, problem: string): AppError {
  return new AppError("KUBECONFIG_INVALID", `kubeconfig ${path}: ${problem}`, { verdict: "stalled" });
}
