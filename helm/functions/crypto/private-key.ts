import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { GoPanic } from "../../template/go-value.ts";
import { atMeanTime, spendSteps } from "../../template/run-cost.ts";
import { element, integer, pem, sequence } from "./der.ts";

/** A new key of 2048 bits counts as so many steps of a template. */
const stepsOfKey = 250_000;
/** How long making a key takes on average, in milliseconds; the search for primes may take three times as long. */
const meanMsOfRsa2048 = 60;
const meanMsOfDsa2048 = 250;

/** Returns a new RSA key. */
export function newRsaKey(bits: number): KeyObject {
  spendSteps(stepsOfKey * (bits / 2048) ** 2);
  const meanMs = meanMsOfRsa2048 * (bits / 2048) ** 3;
  return atMeanTime(meanMs, () => generateKeyPairSync("rsa", { modulusLength: bits }).privateKey);
}

/** Returns a new private key in PEM, of the type that sprig's `genPrivateKey` is asked for. */
export function newPrivateKeyPem(type: string): string {
  switch (type) {
    case "":
    case "rsa":
      return privateKeyPem(newRsaKey(4096));
    case "ecdsa":
      return privateKeyPem(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey);
    case "ed25519":
      return privateKeyPem(generateKeyPairSync("ed25519").privateKey);
    case "dsa":
      return newDsaPem();
    default:
      return `Unknown type ${type}`;
  }
}

/** Returns a key in the PEM form that Go's sprig writes for its type. */
export function privateKeyPem(key: KeyObject): string {
  if (key.asymmetricKeyType === "rsa") return exported(key, "pkcs1");
  if (key.asymmetricKeyType === "ec") return exported(key, "sec1");
  return exported(key, "pkcs8");
}

function exported(key: KeyObject, type: "pkcs1" | "sec1" | "pkcs8"): string {
  return key.export({ format: "pem", type }).toString();
}

/** DSA keys have a form of their own: the numbers P, Q, G, Y and X. */
function newDsaPem(): string {
  spendSteps(stepsOfKey * 8);
  const { privateKey, publicKey } = atMeanTime(meanMsOfDsa2048, () =>
    generateKeyPairSync("dsa", { modulusLength: 2048, divisorLength: 256 }),
  );
  const [p, q, g] = dsaParameters(publicKey.export({ format: "der", type: "spki" }));
  const y = lastInteger(publicKey.export({ format: "der", type: "spki" }));
  const x = lastInteger(privateKey.export({ format: "der", type: "pkcs8" }));
  return pem("DSA PRIVATE KEY", sequence(integer(0), ...[p, q, g, y, x].map((number) => element(2, number))));
}

interface DerPart {
  readonly tag: number;
  readonly content: Uint8Array;
}

function readParts(der: Uint8Array): DerPart[] {
  const parts: DerPart[] = [];
  let offset = 0;
  while (offset < der.length) {
    const tag = der[offset] ?? 0;
    let length = der[offset + 1] ?? 0;
    let start = offset + 2;
    if (length > 0x80) {
      const size = length & 0x7f;
      length = Number.parseInt(Buffer.from(der.subarray(start, start + size)).toString("hex"), 16);
      start += size;
    }
    parts.push({ tag, content: der.subarray(start, start + length) });
    offset = start + length;
  }
  return parts;
}

/** Public key: SEQUENCE { SEQUENCE { OID, SEQUENCE { p, q, g } }, BIT STRING { y } }. */
function dsaParameters(spki: Uint8Array): readonly [Uint8Array, Uint8Array, Uint8Array] {
  const [outer] = readParts(spki);
  const [algorithm] = readParts(outer?.content ?? new Uint8Array());
  const parameters = readParts(algorithm?.content ?? new Uint8Array())[1];
  const [p, q, g] = readParts(parameters?.content ?? new Uint8Array());
  if (p === undefined || q === undefined || g === undefined) throw new Error("a DSA key without parameters");
  return [p.content, q.content, g.content];
}

/** The number in the last element, which is a BIT STRING or an OCTET STRING around it. */
function lastInteger(der: Uint8Array): Uint8Array {
  const [outer] = readParts(der);
  const last = readParts(outer?.content ?? new Uint8Array()).at(-1);
  const inner = last?.tag === 3 ? last.content.subarray(1) : last?.content;
  const [number] = readParts(inner ?? new Uint8Array());
  if (number === undefined) throw new Error("a DSA key without a number");
  return number.content;
}

/** Returns the private key of a PEM text. Throws `GoPanic` with sprig's words. */
export function parsePrivateKey(text: string): KeyObject {
  const label = /-----BEGIN ([^-\n]+)-----/.exec(text)?.[1];
  if (label === undefined) throw new GoPanic("no PEM data in input");
  if (label !== "PRIVATE KEY" && !label.endsWith(" PRIVATE KEY")) {
    throw new GoPanic(`no private key data in PEM block of type ${label}`);
  }
  const kind = label.replace(/ ?PRIVATE KEY$/, "");
  const wording = {
    "": "decoding PEM as PKCS#8",
    RSA: "parsing RSA private key from PEM",
    EC: "parsing EC private key from PEM",
  };
  if (kind !== "" && kind !== "RSA" && kind !== "EC") throw new GoPanic(`invalid private key type ${kind}`);
  try {
    return createPrivateKey({ key: text, format: "pem" });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GoPanic(`${wording[kind]}: ${reason}`, { cause: error });
  }
}
