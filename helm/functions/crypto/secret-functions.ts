import { createCipheriv, createDecipheriv, createHmac, randomBytes, scryptSync } from "node:crypto";
import { hashSync } from "bcryptjs";
import { fn, type GoFunction, scoped } from "../../template/go-function.ts";
import { fromBytes, toBytes } from "../../template/go-string.ts";
import { GoPanic } from "../../template/go-value.ts";
import { expectTime, spendSteps } from "../../template/run-cost.ts";
import { drawRandom, type Scope } from "../../template/scope.ts";
import { decodeBase64 } from "../base-encoding.ts";
import { passwordCharacters, passwordTemplates } from "./password-templates.ts";

const bcryptCost = 10;
/** A hash that is slow on purpose counts as so many steps of a template. */
const stepsOfHash = 100_000;
/** How long that takes, in milliseconds. */
const msOfBcrypt = 80;
const msOfScrypt = 160;
const maxBcryptBytes = 72;
const masterSeed = "com.lyndir.masterpassword";

function bcrypt(scope: Scope, name: string, password: string): string {
  if (toBytes(password).length > maxBcryptBytes) {
    return "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes";
  }
  // Go writes the older mark 2a; both mean the same.
  return drawRandom(scope, { name, args: [password] }, () => {
    spendSteps(stepsOfHash);
    expectTime(msOfBcrypt);
    return hashSync(password, bcryptCost).replace(/^\$2b\$/, "$2a$");
  });
}

function htpasswd(scope: Scope, user: string, password: string): string {
  if (user.includes(":")) return `invalid username: ${user}`;
  return `${user}:${bcrypt(scope, "htpasswd", password)}`;
}

function lengthBytes(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value % 2 ** 32);
  return bytes;
}

/** The Master Password algorithm: the same inputs always give the same password. */
function derivePassword(...[counter, type, password, user, site]: [number, string, string, string, string]): string {
  const templates = passwordTemplates[type];
  if (templates === undefined) return `cannot find password template ${type}`;
  const [userBytes, siteBytes] = [toBytes(user), toBytes(site)];
  const salt = Buffer.concat([Buffer.from(masterSeed), lengthBytes(userBytes.length), userBytes]);
  spendSteps(stepsOfHash);
  expectTime(msOfScrypt);
  const key = scryptSync(toBytes(password), salt, 64, { N: 32_768, r: 8, p: 2, maxmem: 128 * 1024 * 1024 });
  const message = Buffer.concat([
    Buffer.from(masterSeed),
    lengthBytes(siteBytes.length),
    siteBytes,
    lengthBytes(counter),
  ]);
  const seed = createHmac("sha256", key).update(message).digest();
  const template = templates[(seed[0] ?? 0) % templates.length] ?? "";
  return Array.from(template, (kind, index) => {
    const characters = passwordCharacters[kind] ?? "";
    return characters[(seed[index + 1] ?? 0) % characters.length] ?? "";
  }).join("");
}

function cipherKey(password: string): Buffer {
  const key = Buffer.alloc(32);
  key.set(toBytes(password).subarray(0, 32));
  return key;
}

function encrypt(scope: Scope, password: string, text: string): string {
  if (text === "") return "";
  return drawRandom(scope, { name: "encryptAES", args: [password, text] }, () => {
    const start = randomBytes(16);
    const cipher = createCipheriv("aes-256-cbc", cipherKey(password), start);
    return Buffer.concat([start, cipher.update(toBytes(text)), cipher.final()]).toString("base64");
  });
}

function decrypt(password: string, encoded: string): string {
  if (encoded === "") return "";
  const bytes = decodeBase64(encoded);
  if (typeof bytes === "string") throw new GoPanic(bytes);
  if (bytes.length < 16)
    throw new GoPanic(`runtime error: slice bounds out of range [:16] with capacity ${bytes.length}`);
  if (bytes.length % 16 !== 0) throw new GoPanic("crypto/cipher: input not full blocks");
  const decipher = createDecipheriv("aes-256-cbc", cipherKey(password), bytes.subarray(0, 16));
  decipher.setAutoPadding(false);
  const plain = Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]);
  const padding = plain.at(-1);
  if (padding === undefined) throw new GoPanic("runtime error: index out of range [-1]");
  if (padding > plain.length)
    throw new GoPanic(`runtime error: slice bounds out of range [:${plain.length - padding}]`);
  return fromBytes(plain.subarray(0, plain.length - padding));
}

/** Passwords and ciphers; see sprig's `crypto.go`. What is salted is recorded on the run's tape. */
export const secretFunctions: Readonly<Record<string, GoFunction>> = {
  bcrypt: scoped(["string"], (scope, password) => bcrypt(scope, "bcrypt", password)),
  htpasswd: scoped(["string", "string"], htpasswd),
  derivePassword: fn(["uint32", "string", "string", "string", "string"], derivePassword),
  encryptAES: scoped(["string", "string"], encrypt),
  decryptAES: fn(["string", "string"], decrypt),
};
