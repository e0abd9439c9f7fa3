import { createHash } from "node:crypto";
import tls, { type DetailedPeerCertificate } from "node:tls";
import { AppError } from "../../shared/errors.ts";
import { hostOf, openSocket, type ProxyEnv } from "./open-socket.ts";

/**
 * Connects to a hub once, through its proxy where it has one and without trusting it, and returns from the chain that it
 * shows the certificate (PEM) whose SHA-256 is the pin, to be trusted as the only CA from then on. Throws
 * `HUB_UNREACHABLE` when there is none: nothing has been sent to that server then.
 */
export async function fetchPinnedCa(hub: URL, pin: string, proxyEnv: ProxyEnv = {}): Promise<string> {
  const wanted = pin
    .replace(/^sha256:/u, "")
    .replaceAll(":", "")
    .toLowerCase();
  const chain = await fetchChain(hub, proxyEnv);
  const found = chain.find((der) => createHash("sha256").update(der).digest("hex") === wanted);
  if (found === undefined) {
    throw new AppError("HUB_UNREACHABLE", `${hub.origin} shows no certificate with the pinned SHA-256 ${wanted}`);
  }
  const base64 = found
    .toString("base64")
    .replaceAll(/(.{64})/gu, "$1\n")
    .trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
}

async function fetchChain(hub: URL, proxyEnv: ProxyEnv): Promise<Buffer[]> {
  const refuse = (reason: string, cause?: unknown): AppError =>
    new AppError("HUB_UNREACHABLE", `${hub.origin}: ${reason}`, { cause });
  const below = await openSocket(hub, proxyEnv).catch((error: unknown) => {
    throw refuse(error instanceof Error ? error.message : String(error), error);
  });
  return new Promise((resolve, reject) => {
    const socket = tls.connect({
      socket: below,
      servername: servernameOf(hostOf(hub)),
      rejectUnauthorized: false,
      timeout: 10_000,
    });
    const fail = (error: AppError): void => {
      socket.destroy();
      below.destroy();
      reject(error);
    };
    socket.once("secureConnect", () => {
      const chain = collectChain(socket.getPeerCertificate(true));
      socket.destroy();
      resolve(chain);
    });
    socket.once("timeout", () => fail(refuse("no TLS answer in time")));
    socket.once("error", (error) => fail(refuse(error.message, error)));
  });
}

/** Returns the server name that TLS asks for: addresses are none (RFC 6066). */
export function servernameOf(host: string): string {
  return /^[\d.]+$|:/u.test(host) ? "" : host;
}

function collectChain(leaf: DetailedPeerCertificate): Buffer[] {
  const chain: Buffer[] = [];
  let current: DetailedPeerCertificate | undefined = leaf;
  while (current?.raw !== undefined && chain.length < 10) {
    chain.push(current.raw);
    current = current.issuerCertificate === current ? undefined : current.issuerCertificate;
  }
  return chain;
}
