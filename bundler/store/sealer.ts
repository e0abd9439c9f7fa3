import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { AppError } from "../../shared/errors.ts";
import type { Sealer } from "./object-rows.ts";

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** Returns a new random key for `createSealer`. */
export function createSealerKey(): Uint8Array {
  return randomBytes(keyBytes);
}

/** Returns AES-256-GCM encryption under a key; opening a changed text or one of another key throws STORE_KEY_WRONG. */
export function createSealer(key: Uint8Array): Sealer {
  return {
    seal: (text) => {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64");
    },
    open: (text) => {
      const sealed = Buffer.from(text, "base64");
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, nonceBytes));
        decipher.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
        return Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()]).toString(
          "utf8",
        );
      } catch (error) {
        throw new AppError(
          "STORE_KEY_WRONG",
          "a stored Secret cannot be decrypted: start the bundler with the `secret.key` that wrote this database",
          {
            verdict: "stalled",
            cause: error,
          },
        );
      }
    },
  };
}
