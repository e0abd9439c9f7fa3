import type { ClusterPki } from "./pki.ts";

/** What a kube-apiserver's flags depend on; paths are absolute. */
export interface ApiServerSettings {
  readonly pki: ClusterPki["files"];
  readonly port: number;
  readonly etcdUrl: string;
  readonly tokenFile: string;
  readonly dir: string;
  /** Whether a controller-manager runs that makes default service accounts and their tokens. */
  readonly controllers: boolean;
  readonly audit?: { readonly policyFile: string; readonly logPath: string };
}

/** The audit policy of the rig: one line per finished request, without bodies. */
export const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
`;

/** Returns the flags of a kube-apiserver on loopback with token, certificate and service-account users and RBAC. */
export function apiServerArgs(settings: ApiServerSettings): string[] {
  const { pki, audit } = settings;
  return [
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    `--secure-port=${settings.port}`,
    // Loopback addresses are refused in Endpoints; nothing in these clusters dials the kubernetes Service.
    "--endpoint-reconciler-type=none",
    `--etcd-servers=${settings.etcdUrl}`,
    `--cert-dir=${settings.dir}`,
    `--tls-cert-file=${pki.servingCert}`,
    `--tls-private-key-file=${pki.servingKey}`,
    `--client-ca-file=${pki.caCert}`,
    `--token-auth-file=${settings.tokenFile}`,
    "--authorization-mode=Node,RBAC",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${pki.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${pki.serviceAccountPrivateKey}`,
    "--service-cluster-ip-range=10.0.0.0/16",
    "--allow-privileged=true",
    `--requestheader-client-ca-file=${pki.proxyCaCert}`,
    "--requestheader-allowed-names=front-proxy-client",
    "--requestheader-username-headers=X-Remote-User",
    "--requestheader-group-headers=X-Remote-Group",
    "--requestheader-extra-headers-prefix=X-Remote-Extra-",
    `--proxy-client-cert-file=${pki.proxyClientCert}`,
    `--proxy-client-key-file=${pki.proxyClientKey}`,
    "--profiling=false",
    // Without a controller-manager nobody makes the `default` service accounts that this plugin asks for.
    ...(settings.controllers ? [] : ["--disable-admission-plugins=ServiceAccount"]),
    ...(audit === undefined
      ? []
      : [`--audit-policy-file=${audit.policyFile}`, `--audit-log-path=${audit.logPath}`, "--audit-log-mode=blocking"]),
  ];
}
