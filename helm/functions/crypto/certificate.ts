import { createHash, createPublicKey, type KeyObject, randomBytes, sign, type X509Certificate } from "node:crypto";
import { isIP, isIPv4 } from "node:net";
import { GoPanic } from "../../template/go-value.ts";
import { expectTime } from "../../template/run-cost.ts";
import {
  bitString,
  element,
  integer,
  octetString,
  oid,
  pem,
  sequence,
  setOf,
  tagged,
  text,
  time,
  trueValue,
} from "./der.ts";
import { privateKeyPem } from "./private-key.ts";

/** What a certificate is to say. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly addresses: readonly string[];
  readonly dnsNames: readonly string[];
  readonly daysValid: number;
  readonly isAuthority: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Who signs: its key, and its certificate unless it signs itself. */
export interface Signer {
  readonly key: KeyObject;
  readonly certificate: X509Certificate | undefined;
}

const oids = {
  commonName: "2.5.4.3",
  subjectKeyId: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyId: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
} as const;

/** How long signing with a key of 2048 bits takes at most, in milliseconds. */
const msOfSignature = 5;
const dayMs = 24 * 60 * 60 * 1000;

/** Returns a certificate and its key in PEM, with the fields and extensions that sprig's functions give it. */
export function issueCertificate(
  request: CertificateRequest,
  key: KeyObject,
  signer: Signer,
): { readonly cert: string; readonly key: string } {
  expectTime(msOfSignature);
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  const subject = sequence(
    ...(request.commonName === "" ? [] : [setOf(sequence(oid(oids.commonName), text(request.commonName)))]),
  );
  const algorithm = signatureAlgorithm(signer.key);
  const body = sequence(
    tagged(0, integer(2)),
    integer(serialNumber()),
    algorithm,
    signer.certificate === undefined ? subject : subjectOf(signer.certificate),
    sequence(time(request.now), time(request.now + request.daysValid * dayMs)),
    subject,
    spki,
    tagged(3, sequence(...extensions(request, spki, signer.certificate))),
  );
  const signature = sign(hashOf(signer.key), body, signer.key);
  return { cert: pem("CERTIFICATE", sequence(body, algorithm, bitString(signature))), key: privateKeyPem(key) };
}

function serialNumber(): Uint8Array {
  const bytes = randomBytes(16);
  return bytes.every((byte) => byte === 0) ? Uint8Array.of(1) : bytes;
}

function hashOf(key: KeyObject): string | null {
  return key.asymmetricKeyType === "ed25519" ? null : "sha256";
}

function signatureAlgorithm(key: KeyObject): Buffer {
  const type = key.asymmetricKeyType;
  if (type === "rsa") return sequence(oid("1.2.840.113549.1.1.11"), Buffer.from([5, 0]));
  if (type === "ec") return sequence(oid("1.2.840.10045.4.3.2"));
  if (type === "ed25519") return sequence(oid("1.3.101.112"));
  throw new GoPanic("error creating certificate: x509: only RSA, ECDSA and Ed25519 keys supported");
}

/** The signer's subject as it stands in its certificate, byte for byte. */
function subjectOf(certificate: X509Certificate): Buffer {
  return certificatePart(certificate.raw, "subject");
}

/** Returns a field of a certificate's body: version, serial, algorithm, issuer, validity, subject, key, extensions. */
function certificatePart(raw: Buffer, part: "subject"): Buffer {
  const body = elements(elements(raw)[0]?.content ?? raw)[0]?.content ?? raw;
  const fields = elements(body);
  const index = fields[0]?.tag === 0xa0 ? 5 : 4;
  const found = fields[index];
  if (found === undefined) throw new GoPanic(`unable to decode certificate: no ${part}`);
  return element(found.tag, found.content);
}

function elements(der: Uint8Array): { readonly tag: number; readonly content: Buffer }[] {
  const found: { readonly tag: number; readonly content: Buffer }[] = [];
  const bytes = Buffer.from(der);
  for (let offset = 0; offset < bytes.length;) {
    const short = bytes[offset + 1] ?? 0;
    const size = short > 0x80 ? short & 0x7f : 0;
    const length = size === 0 ? short : bytes.readUIntBE(offset + 2, size);
    const start = offset + 2 + size;
    found.push({ tag: bytes[offset] ?? 0, content: bytes.subarray(start, start + length) });
    offset = start + length;
  }
  return found;
}

/** Go's key identifier: the first 160 bits of the SHA-256 of the public key. */
function keyIdentifier(spki: Uint8Array): Buffer {
  const key = elements(elements(spki)[0]?.content ?? spki)[1]?.content ?? Buffer.alloc(0);
  return createHash("sha256").update(key.subarray(1)).digest().subarray(0, 20);
}

function extension(id: string, value: Uint8Array, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [trueValue()] : []), octetString(value));
}

function extensions(request: CertificateRequest, spki: Uint8Array, issuer: X509Certificate | undefined): Buffer[] {
  const { isAuthority } = request;
  // digitalSignature, keyEncipherment, and for authorities keyCertSign
  const usage = isAuthority ? bitString(Uint8Array.of(0xa4), 2) : bitString(Uint8Array.of(0xa0), 5);
  const found = [
    extension(oids.keyUsage, usage, true),
    extension(oids.extendedKeyUsage, sequence(oid(oids.serverAuth), oid(oids.clientAuth))),
    extension(oids.basicConstraints, sequence(...(isAuthority ? [trueValue()] : [])), true),
  ];
  if (isAuthority) found.push(extension(oids.subjectKeyId, octetString(keyIdentifier(spki))));
  if (issuer !== undefined) {
    const id = subjectKeyIdOf(issuer);
    if (id !== undefined) found.push(extension(oids.authorityKeyId, sequence(tagged(0, id, false))));
  }
  const names = [
    ...request.dnsNames.map((name) => tagged(2, Buffer.from(name, "utf8"), false)),
    ...request.addresses.map((address) => tagged(7, addressBytes(address), false)),
  ];
  if (names.length > 0) {
    found.push(extension(oids.subjectAltName, sequence(...names), request.commonName === ""));
  }
  return found;
}

function subjectKeyIdOf(certificate: X509Certificate): Buffer | undefined {
  const body = elements(elements(certificate.raw)[0]?.content ?? certificate.raw)[0]?.content ?? certificate.raw;
  const wrapped = elements(body).find((field) => field.tag === 0xa3);
  const list = elements(elements(wrapped?.content ?? Buffer.alloc(0))[0]?.content ?? Buffer.alloc(0));
  const wanted = oid(oids.subjectKeyId);
  for (const one of list) {
    const parts = elements(one.content);
    const [id] = parts;
    const value = parts.at(-1);
    if (id === undefined || value === undefined) continue;
    if (element(id.tag, id.content).equals(wanted)) return elements(value.content)[0]?.content;
  }
  return undefined;
}

/** Returns the 4 or 16 bytes of an address. Throws `GoPanic` with sprig's words. */
export function addressBytes(address: string): Buffer {
  if (isIP(address) === 0) throw new GoPanic(`error parsing ip: ${address}`);
  if (isIPv4(address)) return Buffer.from(address.split(".").map(Number));
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  const v4 = tail?.[2]?.split(".").map(Number) ?? [];
  const [a = 0, b = 0, c = 0, d = 0] = v4;
  const plain =
    tail === null ? address : `${tail[1] ?? ""}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  const [head = "", rest] = plain.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = rest === undefined || rest === "" ? [] : rest.split(":");
  const middle = rest === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => "0");
  const bytes = Buffer.from([...left, ...middle, ...right].map((group) => group.padStart(4, "0")).join(""), "hex");
  const mapped = bytes.subarray(0, 12).toString("hex") === "00000000000000000000ffff";
  return mapped ? bytes.subarray(12) : bytes;
}
