import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { dump } from "js-yaml";
import type { ApiObject } from "../apiserver/resources/api-object.ts";
import { metaTime } from "../apiserver/resources/verbs/write-request.ts";
import { sha256Hex } from "../codec/stable-hash.ts";
import type { Clock } from "../shared/clock.ts";
import type { BundlerConfig } from "./config.ts";
import type { ServerIdentity } from "./server-identity.ts";
import type { CredentialTable } from "./store/credential-table.ts";
import type { Database } from "./store/database.ts";
import type { ObjectTable } from "./store/object-table.ts";

/** Workspaces that every installation has, as in Fleet. */
const firstWorkspaces = ["default", "fleet-default", "fleet-local"];

/** What the first start works with. */
export interface BootstrapDeps {
  readonly config: BundlerConfig;
  readonly db: Database;
  readonly objects: ObjectTable;
  readonly credentials: CredentialTable;
  readonly clock: Clock;
}

/** Makes the first workspaces, and the registration tokens that the configuration names. */
export async function bootstrapWorkspaces({ config, db, objects, credentials, clock }: BootstrapDeps): Promise<void> {
  const wanted = new Set([...firstWorkspaces, ...Object.keys(config.bootstrapTokens)]);
  await objects.write(async (writer) => {
    for (const name of wanted) {
      const key = { resource: "/namespaces", namespace: "", name } as const;
      if ((await writer.read(key)) === undefined) await writer.create(key, namespaceObject(name, clock));
    }
  });
  for (const [namespace, word] of Object.entries(config.bootstrapTokens)) {
    const owner = { kind: "registration", namespace, name: `bootstrap-${sha256Hex(word).slice(0, 8)}` } as const;
    if ((await credentials.find(word, clock.now())) === undefined) {
      await db.transaction((sql) =>
        credentials.accept(sql, word, { ...owner, expiresMs: undefined, labels: {}, groups: [] }),
      );
    }
  }
}

/** Makes the administrator at the first start and writes the kubeconfig that opens the hub; returns its path when written now. */
export async function bootstrapAdmin(
  deps: BootstrapDeps,
  identity: ServerIdentity,
  url: string,
): Promise<string | undefined> {
  const { config, credentials, db } = deps;
  if (await credentials.anyOf("user")) return undefined;
  const file = config.kubeconfigFile ?? join(config.dataDir, "admin.kubeconfig");
  const word = await db.transaction((sql) =>
    credentials.issue(sql, {
      kind: "user",
      namespace: "",
      name: "admin",
      expiresMs: undefined,
      labels: {},
      groups: ["system:masters"],
    }),
  );
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, kubeconfigText({ url, token: word, caCert: identity.caCert }), { mode: 0o600 });
  return file;
}

/** Returns a kubeconfig with one context, `drover`, in the workspace `fleet-default`. */
export function kubeconfigText({
  url,
  token,
  caCert,
}: {
  readonly url: string;
  readonly token: string;
  readonly caCert: string | undefined;
}): string {
  const authority =
    caCert === undefined ? {} : { "certificate-authority-data": Buffer.from(caCert).toString("base64") };
  return dump(
    {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "drover",
      clusters: [{ name: "drover", cluster: { server: url, ...authority } }],
      users: [{ name: "admin", user: { token } }],
      contexts: [{ name: "drover", context: { cluster: "drover", user: "admin", namespace: "fleet-default" } }],
    },
    { lineWidth: -1 },
  );
}

function namespaceObject(name: string, clock: Clock): ApiObject {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name,
      uid: randomUUID(),
      creationTimestamp: metaTime(clock.now()),
      labels: { "kubernetes.io/metadata.name": name },
    },
    status: { phase: "Active" },
  };
}
