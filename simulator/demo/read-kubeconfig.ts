import { readFileSync } from "node:fs";
import * as z from "zod";
import { parseYaml } from "../../codec/parse-yaml.ts";
import type { KubeAddress } from "./kube-http.ts";

const kubeconfigSchema = z.looseObject({
  "current-context": z.string().optional(),
  clusters: z.array(
    z.looseObject({
      name: z.string(),
      cluster: z.looseObject({
        server: z.string(),
        "certificate-authority-data": z.string().optional(),
        "certificate-authority": z.string().optional(),
      }),
    }),
  ),
  users: z.array(z.looseObject({ name: z.string(), user: z.looseObject({ token: z.string().optional() }) })),
  contexts: z.array(
    z.looseObject({ name: z.string(), context: z.looseObject({ cluster: z.string(), user: z.string() }) }),
  ),
});

/** Returns where a context of a kubeconfig leads (the current one when none is named); the demo itself needs token users. */
export function addressOf(text: string, contextName: string | undefined): KubeAddress {
  const config = kubeconfigSchema.parse(parseYaml(text)[0]?.value);
  const wanted = contextName ?? config["current-context"];
  const context = config.contexts.find(({ name }) => name === wanted)?.context;
  const cluster = config.clusters.find(({ name }) => name === context?.cluster)?.cluster;
  const token = config.users.find(({ name }) => name === context?.user)?.user.token;
  if (cluster === undefined || token === undefined)
    throw new Error(`context ${wanted ?? "(none)"} of the kubeconfig has no server, or a user without a token`);
  const data = cluster["certificate-authority-data"];
  const file = cluster["certificate-authority"];
  const ca =
    data === undefined
      ? file === undefined
        ? undefined
        : readFileSync(file, "utf8")
      : Buffer.from(data, "base64").toString("utf8");
  return { url: cluster.server, token, ca };
}
