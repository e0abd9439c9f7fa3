import { createHash } from "node:crypto";
import tls, { type DetailedPeerCertificate } from "node:tls";
import { AppError } from "../../shared/errors.ts";

/**
 * Connects to a hub once, without trusting it, and returns from the chain that it shows the certificate (PEM) whose
 * SHA-256 is the pin, to be trusted as the only CA from then on. Throws `HUB_UNREACHABLE` when there is none: nothing
 * has been sent to that server then.
 */
export async function fetchPinnedCa(hub: URL, pin: string): Promise<string> {
  const wanted = pin
    .replace(/^sha256:/u, "")
    .replaceAll(":", "")
    .toLowerCase();
  const chain = await fetchChain(hub);
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

function fetchChain(hub: URL): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const port = hub.port === "" ? 443 : Number(hub.port);
    const host = hub.hostname.replace(/^\[|\]$/gu, "");
    const socket = tls.connect({
      host,
      port,
      servername: servernameOf(host),
      rejectUnauthorized: false,
      timeout: 10_000,
    });
    const fail = (reason: string, cause?: unknown): void => {
      socket.destroy();
      reject(new AppError("HUB_UNREACHABLE", `${hub.origin}: ${reason}`, { cause }));
    };
    socket.once("secureConnect", () => {
      const chain = collectChain(socket.getPeerCertificate(true));
      socket.destroy();
      resolve(chain);
    });
    socket.once("timeout", () => fail("no TLS answer in time"));
    socket.once("error", (error) => fail(error.message, error));
  });
}

/** Addresses are no server names (RFC 6066). */
function servernameOf(host: string): string {
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
