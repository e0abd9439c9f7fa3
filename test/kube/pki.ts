import { generateKeyPairSync, webcrypto } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import "reflect-metadata"; // asked for by @peculiar/x509, before it
import * as x509 from "@peculiar/x509";

/** Certificates and keys of one test cluster, as files in its folder. */
export interface ClusterPki {
  /** The authority of the serving certificate, also trusted for client certificates; PEM. */
  readonly caCert: string;
  readonly files: {
    readonly caCert: string;
    readonly caKey: string;
    readonly servingCert: string;
    readonly servingKey: string;
    readonly serviceAccountPublicKey: string;
    readonly serviceAccountPrivateKey: string;
    readonly proxyCaCert: string;
    readonly proxyClientCert: string;
    readonly proxyClientKey: string;
  };
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const dayMs = 24 * 60 * 60 * 1000;

/** Makes what a kube-apiserver on 127.0.0.1 needs, the front proxy's pair for aggregated API servers included; valid for a week. */
export async function createClusterPki(dir: string): Promise<ClusterPki> {
  const ca = await createAuthority("drover-test-ca");
  const proxyCa = await createAuthority("drover-test-front-proxy-ca");
  const serving = await ca.issue({
    name: "kube-apiserver",
    usage: x509.ExtendedKeyUsage.serverAuth,
    dnsNames: ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"],
    ips: ["127.0.0.1", "10.0.0.1"],
  });
  const proxyClient = await proxyCa.issue({ name: "front-proxy-client", usage: x509.ExtendedKeyUsage.clientAuth });
  const serviceAccount = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "sec1", format: "pem" },
  });
  const write = async (name: string, text: string): Promise<string> => {
    const path = join(dir, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  return {
    caCert: ca.cert,
    files: {
      caCert: await write("ca.crt", ca.cert),
      caKey: await write("ca.key", ca.key),
      servingCert: await write("serving.crt", serving.cert),
      servingKey: await write("serving.key", serving.key),
      serviceAccountPublicKey: await write("sa.pub", serviceAccount.publicKey),
      serviceAccountPrivateKey: await write("sa.key", serviceAccount.privateKey),
      proxyCaCert: await write("proxy-ca.crt", proxyCa.cert),
      proxyClientCert: await write("proxy-client.crt", proxyClient.cert),
      proxyClientKey: await write("proxy-client.key", proxyClient.key),
    },
  };
}

/** A certificate and its private key, both PEM. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

/** What a certificate is for. */
export interface CertificateRequest {
  readonly name: string;
  /** An extended key usage, such as `ExtendedKeyUsage.serverAuth`. */
  readonly usage: string;
  readonly dnsNames?: readonly string[];
  readonly ips?: readonly string[];
}

/** A certificate authority that lives in memory. */
export interface Authority extends CertificatePair {
  issue(request: CertificateRequest): Promise<CertificatePair>;
}

/** Returns a new self-signed authority with ECDSA P-256 keys, valid for a week. */
export async function createAuthority(name: string): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    ...validity(),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    cert: cert.toString("pem"),
    key: await privateKeyPem(keys.privateKey),
    issue: (request) => issue({ name, keys, cert }, request),
  };
}

interface Issuer {
  readonly name: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly cert: x509.X509Certificate;
}

async function issue(issuer: Issuer, request: CertificateRequest): Promise<CertificatePair> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const names = [
    ...(request.dnsNames ?? []).map((value) => new x509.GeneralName("dns", value)),
    ...(request.ips ?? []).map((value) => new x509.GeneralName("ip", value)),
  ];
  const cert = await x509.X509CertificateGenerator.create({
    subject: `CN=${request.name}`,
    issuer: `CN=${issuer.name}`,
    publicKey: keys.publicKey,
    signingKey: issuer.keys.privateKey,
    signingAlgorithm: algorithm,
    ...validity(),
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([request.usage]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.cert),
      ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
    ],
  });
  return { cert: cert.toString("pem"), key: await privateKeyPem(keys.privateKey) };
}

function validity(): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - dayMs), notAfter: new Date(Date.now() + 7 * dayMs) };
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}
