import { join } from "node:path";
import { fakeNodeSelector } from "./fake-nodes.ts";
import { rigDir } from "./find-binary.ts";
import type { ClusterPki } from "./pki.ts";

/** Returns the flags of a kube-controller-manager that is alone and serves nothing. */
export function controllerManagerArgs(pki: ClusterPki["files"], kubeconfigPath: string): string[] {
  return [
    `--kubeconfig=${kubeconfigPath}`,
    "--leader-elect=false",
    "--secure-port=0",
    `--root-ca-file=${pki.caCert}`,
    `--service-account-private-key-file=${pki.serviceAccountPrivateKey}`,
    `--cluster-signing-cert-file=${pki.caCert}`,
    `--cluster-signing-key-file=${pki.caKey}`,
    // Fake nodes send no heartbeat.
    "--node-monitor-grace-period=24h",
    "--kube-api-qps=200",
    "--kube-api-burst=400",
  ];
}

/** Returns the flags of a kube-scheduler that is alone and serves nothing. */
export function schedulerArgs(kubeconfigPath: string): string[] {
  return [`--kubeconfig=${kubeconfigPath}`, "--leader-elect=false", "--secure-port=0"];
}

/** Returns the flags of kwok with the rig's stages, for the fake nodes only. */
export function kwokArgs(kubeconfigPath: string): string[] {
  return [
    `--kubeconfig=${kubeconfigPath}`,
    `--config=${join(rigDir, "stages.yaml")}`,
    `--manage-nodes-with-annotation-selector=${fakeNodeSelector}`,
  ];
}
