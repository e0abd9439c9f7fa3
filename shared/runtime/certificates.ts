import { randomBytes, webcrypto } from "node:crypto";
import { isIP } from "node:net";
import "reflect-metadata"; // asked for by @peculiar/x509, before it
import * as x509 from "@peculiar/x509";

/** A certificate (or chain) and its private key, both PEM. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

/** What a server certificate is for. */
export interface ServerCertificateRequest {
  /** Host names and IP addresses under which clients reach the server. */
  readonly names: readonly string[];
  readonly nowMs: number;
  /** How long it is valid. */
  readonly validMs: number;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
/** Clocks of clients may be slow. */
const backdateMs = 3_600_000;

/** Makes a self-signed certificate authority; the key stays with whoever asked. */
export async function createCertificateAuthority(
  name: string,
  { nowMs, validMs }: { readonly nowMs: number; readonly validMs: number },
): Promise<CertificatePair> {
  const keys = await createKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys: keys.pair,
    serialNumber: serialNumber(),
    notBefore: new Date(nowMs - backdateMs),
    notAfter: new Date(nowMs + validMs),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.pair.publicKey),
    ],
  });
  return { cert: certificate.toString("pem"), key: keys.pem };
}

/** Returns a certificate for a server, signed by an authority that `createCertificateAuthority` made; `cert` holds the chain. */
export async function issueServerCertificate(
  authority: CertificatePair,
  request: ServerCertificateRequest,
): Promise<CertificatePair> {
  const issuer = new x509.X509Certificate(authority.cert);
  const keys = await createKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${request.names[0] ?? "server"}`,
    issuer: issuer.subject,
    publicKey: keys.pair.publicKey,
    signingKey: await importKey(authority.key),
    serialNumber: serialNumber(),
    notBefore: new Date(request.nowMs - backdateMs),
    notAfter: new Date(request.nowMs + request.validMs),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        request.names.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return { cert: certificate.toString("pem") + "\n" + authority.cert, key: keys.pem };
}

/** Returns the SHA-256 of a certificate's DER bytes as hex: what an agent pins. PEM may hold a chain; its first counts. */
export async function certificatePin(pem: string): Promise<string> {
  const digest = await new x509.X509Certificate(pem).getThumbprint("SHA-256");
  return Buffer.from(digest).toString("hex");
}

async function createKeys(): Promise<{ readonly pair: webcrypto.CryptoKeyPair; readonly pem: string }> {
  const pair = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  return {
    pair,
    pem: x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", pair.privateKey), "PRIVATE KEY"),
  };
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/gu, ""), "base64");
  return webcrypto.subtle.importKey("pkcs8", der, algorithm, true, ["sign"]);
}

function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString("hex");
}
