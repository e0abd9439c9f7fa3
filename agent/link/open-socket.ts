import { connect } from "node:net";
import type { Duplex } from "node:stream";

/** The environment as far as proxies are concerned. */
export type ProxyEnv = Readonly<Record<string, string | undefined>>;

const timeoutMs = 10_000;

/**
 * Returns the proxy for an address, undefined when it is reached directly: `HTTPS_PROXY` or `HTTP_PROXY` (the lower-case
 * names first, as curl does) unless `NO_PROXY` names the host, a domain of it, host and port, or `*`.
 */
export function proxyFor(target: URL, env: ProxyEnv): URL | undefined {
  const name = target.protocol === "https:" ? "https_proxy" : "http_proxy";
  const proxy = env[name] ?? env[name.toUpperCase()];
  if (proxy === undefined || proxy === "") return undefined;
  const except = (env["no_proxy"] ?? env["NO_PROXY"] ?? "").split(/[\s,]+/u).filter((entry) => entry !== "");
  const host = hostOf(target);
  const covers = (entry: string): boolean => {
    const plain = entry.replace(/^\*?\./u, "").toLowerCase();
    return entry === "*" || plain === host || plain === `${host}:${portOf(target)}` || host.endsWith(`.${plain}`);
  };
  return except.some(covers) ? undefined : (URL.parse(proxy) ?? undefined);
}

/** Returns an address' host without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/gu, "");
}

/** Returns an address' port, its protocol's own when none is written. */
export function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}

/** Returns a connection to the address' host and port; throws Node's errors. */
export function openTcp(url: URL): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostOf(url), port: portOf(url), timeout: timeoutMs });
    socket.once("connect", () => resolve(socket.setTimeout(0)));
    socket.once("timeout", () => socket.destroy(new Error(`no connection within ${timeoutMs / 1000} s`)));
    socket.once("error", reject);
  });
}

/** Returns a connection to the target, through its proxy where it has one; throws Node's errors, or the proxy's refusal. */
export async function openSocket(target: URL, env: ProxyEnv): Promise<Duplex> {
  const proxy = proxyFor(target, env);
  return proxy === undefined ? openTcp(target) : openTunnel(target, proxy);
}

function openTunnel(target: URL, proxy: URL): Promise<Duplex> {
  // As in http-connection.ts: an import would load the whole of fetch.
  const { request } = process.getBuiltinModule("node:http");
  const to = `${target.hostname}:${portOf(target)}`;
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const login = proxy.username === "" ? {} : { "proxy-authorization": `Basic ${Buffer.from(user).toString("base64")}` };
  return new Promise((resolve, reject) => {
    const asking = request({
      host: hostOf(proxy),
      port: portOf(proxy),
      method: "CONNECT",
      path: to,
      headers: { host: to, ...login },
      timeout: timeoutMs,
      agent: false,
    });
    asking.once("connect", (answer, socket) => {
      if (answer.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new Error(`the proxy ${proxy.host} answered ${answer.statusCode} to CONNECT ${to}`));
    });
    asking.once("response", (answer) => {
      answer.destroy();
      reject(new Error(`the proxy ${proxy.host} answered ${answer.statusCode} to CONNECT ${to}`));
    });
    asking.once("timeout", () => asking.destroy(new Error(`the proxy ${proxy.host} did not answer in time`)));
    asking.once("error", reject);
    asking.end();
  });
}
