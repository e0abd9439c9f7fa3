import { webcrypto } from "node:crypto";
import { request } from "node:https";
import "reflect-metadata"; // asked for by @peculiar/x509, before it
import * as x509 from "@peculiar/x509";
import { describe, expect, it } from "vitest";
import { byClientCertificate } from "../../../apiserver/access/authenticate.ts";
import {
  createCertificateAuthority,
  issueServerCertificate,
  type CertificatePair,
} from "../../../shared/runtime/certificates.ts";
import { createClusterServer } from "../../../simulator/cluster-server.ts";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const hourMs = 3_600_000;

async function clientCertificate(authority: CertificatePair, subject: string): Promise<CertificatePair> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const der = Buffer.from(authority.key.replaceAll(/-----[^-]+-----|\s/g, ""), "base64");
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: new x509.X509Certificate(authority.cert).subject,
    publicKey: keys.publicKey,
    signingKey: await webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]),
    signingAlgorithm: algorithm,
    notAfter: new Date(Date.now() + hourMs),
    extensions: [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])],
  });
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  return { cert: certificate.toString("pem"), key };
}

async function get(url: string, options: Partial<CertificatePair> & { readonly ca: string }): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, options, (incoming) => {
      let text = "";
      incoming.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
      incoming.on("end", () => resolve(JSON.parse(text)));
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

describe("byClientCertificate", () => {
  it("knows the name and the groups of a certificate that its authority signed, and nobody by another", async () => {
    const validity = { nowMs: Date.now(), validMs: hourMs };
    const authority = await createCertificateAuthority("ca", validity);
    const stranger = await createCertificateAuthority("ca", validity);
    const certificate = await issueServerCertificate(authority, { names: ["127.0.0.1"], ...validity });
    const authenticate = byClientCertificate();
    const server = createClusterServer(
      { host: "127.0.0.1", port: 0, certificate, clientCa: authority.cert },
      (incoming, response) => {
        void authenticate(incoming).then((user) => response.end(JSON.stringify(user ?? "nobody")));
      },
    );
    await server.start();
    const url = `https://127.0.0.1:${server.port()}`;
    const ca = authority.cert;
    const jane = await clientCertificate(authority, "CN=jane, O=devs, O=ops");
    const forged = await clientCertificate(stranger, "CN=jane, O=devs");
    const answers = [await get(url, { ca, ...jane }), await get(url, { ca }), await get(url, { ca, ...forged })];
    await server.stop();
    expect(answers).toEqual([{ name: "jane", groups: ["devs", "ops"] }, "nobody", "nobody"]);
  });
});
