import { type KeyObject, X509Certificate } from "node:crypto";
import { fn, type GoFunction, scoped } from "../../template/go-function.ts";
import { type GoObject, GoPanic, type GoValue } from "../../template/go-value.ts";
import { printValue } from "../../template/print-value.ts";
import { drawRandom, type Scope } from "../../template/scope.ts";
import { decodeBase64 } from "../base-encoding.ts";
import { addressBytes, type CertificateRequest, issueCertificate, type Signer } from "./certificate.ts";
import { GoCertificate } from "./go-certificate.ts";
import { newPrivateKeyPem, newRsaKey, parsePrivateKey } from "./private-key.ts";

interface Names {
  readonly commonName: string;
  readonly addresses: readonly GoValue[];
  readonly dnsNames: readonly GoValue[];
  readonly daysValid: number;
}

function readRequest(scope: Scope, names: Names, isAuthority: boolean): CertificateRequest {
  const addresses = names.addresses.map((address) => {
    if (typeof address !== "string") throw new GoPanic(`error parsing ip: ${printValue(address)} is not a string`);
    addressBytes(address);
    return address;
  });
  const dnsNames = names.dnsNames.map((name) => {
    if (typeof name === "string") return name;
    throw new GoPanic(`error processing alternate dns name: ${printValue(name)} is not a string`);
  });
  const now = (scope.run.options.now ?? Date.now)();
  return { commonName: names.commonName, addresses, dnsNames, daysValid: names.daysValid, isAuthority, now };
}

function readKey(text: string): KeyObject {
  try {
    return parsePrivateKey(text);
  } catch (error) {
    if (error instanceof GoPanic) throw new GoPanic(`parsing private key: ${error.message}`, { cause: error });
    throw error;
  }
}

function readSigner(authority: GoObject): Signer {
  const [cert, key] = authority instanceof GoCertificate ? [authority.cert, authority.key] : ["", ""];
  const certificate = readCertificate(cert, "decodedSignerCert.Bytes");
  try {
    return { certificate, key: parsePrivateKey(key) };
  } catch (error) {
    if (error instanceof GoPanic) throw new GoPanic(`error parsing private key: ${error.message}`, { cause: error });
    throw error;
  }
}

function readCertificate(text: string, what: string): X509Certificate {
  if (!text.includes("-----BEGIN ")) throw new GoPanic("unable to decode certificate");
  try {
    return new X509Certificate(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GoPanic(`error parsing certificate: ${what}: ${reason}`, { cause: error });
  }
}

/** Draws a certificate and its key as one recorded result. */
function drawCertificate(
  scope: Scope,
  call: { readonly name: string; readonly args: readonly string[] },
  issue: () => { readonly cert: string; readonly key: string },
): GoCertificate {
  const text = drawRandom(scope, call, () => {
    const { cert, key } = issue();
    return cert + key;
  });
  const end = text.indexOf("-----END CERTIFICATE-----\n") + "-----END CERTIFICATE-----\n".length;
  return new GoCertificate(text.slice(0, end), text.slice(end));
}

interface Issue {
  readonly name: string;
  readonly names: Names;
  readonly isAuthority: boolean;
  /** PEM of the key to use; a new one when absent. */
  readonly key?: string;
  readonly authority?: GoObject;
}

function issue(scope: Scope, order: Issue): GoCertificate {
  const { names, name } = order;
  const given = order.key === undefined ? undefined : readKey(order.key);
  const signer = order.authority === undefined ? undefined : readSigner(order.authority);
  const request = readRequest(scope, names, order.isAuthority);
  const authority = order.authority instanceof GoCertificate ? order.authority.cert : "";
  const lists = [...names.addresses, "", ...names.dnsNames].map((value) => printValue(value));
  const args = [names.commonName, String(names.daysValid), ...lists, order.key ?? "", authority];
  return drawCertificate(scope, { name, args }, () => {
    const key = given ?? newRsaKey(2048);
    return issueCertificate(request, key, signer ?? { key, certificate: undefined });
  });
}

function buildCustom(encodedCert: string, encodedKey: string): GoCertificate {
  const cert = decodeBase64(encodedCert);
  if (typeof cert === "string") throw new GoPanic("unable to decode base64 certificate");
  const key = decodeBase64(encodedKey);
  if (typeof key === "string") throw new GoPanic("unable to decode base64 private key");
  const [certText, keyText] = [Buffer.from(cert).toString("utf8"), Buffer.from(key).toString("utf8")];
  readCertificate(certText, "decodedCert.Bytes");
  try {
    parsePrivateKey(keyText);
  } catch (error) {
    if (error instanceof GoPanic) throw new GoPanic(`error parsing private key: ${error.message}`, { cause: error });
    throw error;
  }
  return new GoCertificate(certText, keyText);
}

const none: readonly GoValue[] = [];

/** Certificates and keys; see sprig's `crypto.go`. All are recorded on the run's tape. */
export const certificateFunctions: Readonly<Record<string, GoFunction>> = {
  genPrivateKey: scoped(["string"], (scope, type) =>
    drawRandom(scope, { name: "genPrivateKey", args: [type] }, () => newPrivateKeyPem(type)),
  ),
  buildCustomCert: fn(["string", "string"], buildCustom),
  genCA: scoped(["string", "int"], (scope, commonName, daysValid) =>
    issue(scope, {
      name: "genCA",
      names: { commonName, addresses: none, dnsNames: none, daysValid },
      isAuthority: true,
    }),
  ),
  genCAWithKey: scoped(["string", "int", "string"], (scope, commonName, ...[daysValid, key]) =>
    issue(scope, {
      name: "genCAWithKey",
      names: { commonName, addresses: none, dnsNames: none, daysValid },
      isAuthority: true,
      key,
    }),
  ),
  genSelfSignedCert: scoped(
    ["string", "list", "list", "int"],
    (scope, commonName, ...[addresses, dnsNames, daysValid]) =>
      issue(scope, {
        name: "genSelfSignedCert",
        names: { commonName, addresses, dnsNames, daysValid },
        isAuthority: false,
      }),
  ),
  genSelfSignedCertWithKey: scoped(
    ["string", "list", "list", "int", "string"],
    (scope, commonName, ...[addresses, dnsNames, daysValid, key]) => {
      const names = { commonName, addresses, dnsNames, daysValid };
      return issue(scope, { name: "genSelfSignedCertWithKey", names, isAuthority: false, key });
    },
  ),
  genSignedCert: scoped(
    ["string", "list", "list", "int", "certificate"],
    (scope, commonName, ...[addresses, dnsNames, daysValid, authority]) => {
      const names = { commonName, addresses, dnsNames, daysValid };
      return issue(scope, { name: "genSignedCert", names, isAuthority: false, authority });
    },
  ),
  genSignedCertWithKey: scoped(
    ["string", "list", "list", "int", "certificate", "string"],
    (scope, commonName, ...[addresses, dnsNames, daysValid, authority, key]) => {
      const names = { commonName, addresses, dnsNames, daysValid };
      return issue(scope, { name: "genSignedCertWithKey", names, isAuthority: false, authority, key });
    },
  ),
};
