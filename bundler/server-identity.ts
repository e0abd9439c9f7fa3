import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../shared/errors.ts";
import type { Clock } from "../shared/clock.ts";
import { certificatePin, createCertificateAuthority, issueServerCertificate } from "../shared/runtime/certificates.ts";
import type { BundlerConfig } from "./config.ts";
import { createSealerKey } from "./store/sealer.ts";

/** What the hub proves itself with. */
export interface ServerIdentity {
  readonly cert: string;
  readonly key: string;
  /** The authority that clients trust; undefined when a certificate of somebody else's CA is served. */
  readonly caCert: string | undefined;
  /** SHA-256 of the authority's certificate: what agents pin. */
  readonly caPin: string | undefined;
}

const dayMs = 86_400_000;
const authorityValidMs = 3650 * dayMs;
/** Made anew at every start, so a start within a year renews it. */
const serverValidMs = 397 * dayMs;

/** Returns the hub's certificate: the configured one, or one of its own authority, which is made at the first start. */
export async function loadServerIdentity(config: BundlerConfig, clock: Clock): Promise<ServerIdentity> {
  const { tlsCertFile, tlsKeyFile } = config;
  if ((tlsCertFile === undefined) !== (tlsKeyFile === undefined)) {
    throw new AppError("CONFIG_INVALID", "tlsCertFile and tlsKeyFile go together: set both or none", {
      verdict: "stalled",
    });
  }
  if (tlsCertFile !== undefined && tlsKeyFile !== undefined) {
    return {
      cert: await readFile(tlsCertFile, "utf8"),
      key: await readFile(tlsKeyFile, "utf8"),
      caCert: undefined,
      caPin: undefined,
    };
  }
  const nowMs = clock.now();
  const folder = join(config.dataDir, "tls");
  const made = await readOrMake(join(folder, "ca.json"), async () =>
    JSON.stringify(await createCertificateAuthority("drover-hub-ca", { nowMs, validMs: authorityValidMs })),
  );
  const authority = parsePair(made);
  const names = [...new Set([config.host, "localhost", "127.0.0.1", ...[config.names].flat()])].filter(
    (name) => name !== "0.0.0.0" && name !== "::",
  );
  const { cert, key } = await issueServerCertificate(authority, { names, nowMs, validMs: serverValidMs });
  return { cert, key, caCert: authority.cert, caPin: await certificatePin(authority.cert) };
}

/** Returns the key that Secrets are encrypted with, made at the first start. */
export async function loadSealerKey(config: BundlerConfig): Promise<Uint8Array> {
  const text = await readOrMake(join(config.dataDir, "secret.key"), async () =>
    Buffer.from(createSealerKey()).toString("base64"),
  );
  return Buffer.from(text, "base64");
}

function parsePair(text: string): { readonly cert: string; readonly key: string } {
  const value: unknown = JSON.parse(text);
  if (
    typeof value === "object" &&
    value !== null &&
    "cert" in value &&
    "key" in value &&
    typeof value.cert === "string" &&
    typeof value.key === "string"
  ) {
    return { cert: value.cert, key: value.key };
  }
  throw new AppError(
    "CONFIG_INVALID",
    "tls/ca.json in the data folder is damaged: restore it from a backup, or delete it and register the agents anew",
    { verdict: "stalled" },
  );
}

/** Secrets on disk are for the owner only; a file that is there is never replaced. */
async function readOrMake(file: string, make: () => Promise<string>): Promise<string> {
  await mkdir(join(file, ".."), { recursive: true, mode: 0o700 });
  try {
    await writeFile(file, await make(), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    await chmod(file, 0o600);
  }
  return readFile(file, "utf8");
}
