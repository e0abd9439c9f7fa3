import { lookup } from "node:dns/promises";
import tls from "node:tls";
import { parseJson } from "../../codec/parse-json.ts";
import { isJsonObject } from "../../codec/json-value.ts";
import type { Clock } from "../../shared/clock.ts";
import { AppError } from "../../shared/errors.ts";
import { blobRoute, protocolVersion, registerRoute } from "../../shared/protocol/routes.ts";
import type { HttpAnswer, HttpConnection } from "../http-connection.ts";
import { createHubConnection, type HubTrust } from "../link/hub-connection.ts";
import type { Identity } from "../link/identity.ts";
import { hostOf, openSocket, openTcp, portOf, proxyFor, type ProxyEnv } from "../link/open-socket.ts";
import { fetchPinnedCa, servernameOf } from "../link/trust-hub.ts";
import { codeOf, type Hop, HopFault, orFault } from "./hop.ts";
import { tlsMend } from "./tls-mend.ts";

/** What the way to the hub is tried with. */
export interface HubHopsDeps {
  readonly hub: URL;
  readonly trust: HubTrust;
  readonly token: string | undefined;
  readonly env: ProxyEnv;
  readonly clock: Clock;
  /** Returns who the agent is at the hub, undefined before it is registered. */
  readonly identity: () => Identity | undefined;
}

/** Clocks further apart break certificates and tokens. */
const maxSkewMs = 60_000;
const timeoutMs = 10_000;

/** Returns the hops to the hub, each resting on those before: name, connection, TLS, CA, protocol, clock, credential. */
export function hubHops(deps: HubHopsDeps): Hop[] {
  const { hub, trust, env, clock } = deps;
  const proxy = proxyFor(hub, env);
  const first = proxy ?? hub;
  const who = proxy === undefined ? "the hub" : "the proxy";
  let answer: HttpAnswer | undefined;

  async function ask<T>(work: (http: HttpConnection) => Promise<T>): Promise<T> {
    using http = createHubConnection(hub.href, trust, env);
    return await orFault(
      () => work(http),
      () => `something between closes connections, or ${hub.origin} is busy: look at the hub's log`,
    );
  }

  const hops: Hop[] = [
    {
      name: "DNS",
      try: async () => {
        const { address } = await orFault(
          () => lookup(hostOf(first)),
          () =>
            `the name of ${who}, ${hostOf(first)}, is not known: correct --hub, or the name servers (/etc/resolv.conf)`,
        );
        return `${hostOf(first)} is ${address}`;
      },
    },
    {
      name: "TCP",
      try: async () => {
        const socket = await orFault(
          () => openTcp(first),
          (error) => tcpMend(error, who, first),
        );
        socket.destroy();
        return `${who} takes connections on port ${portOf(first)}`;
      },
    },
  ];
  if (proxy !== undefined && hub.protocol === "https:") {
    hops.push({
      name: "proxy",
      try: async () => {
        const socket = await orFault(
          () => openSocket(hub, env),
          () =>
            `allow ${hub.host} on the proxy ${proxy.host}, with a user in HTTPS_PROXY if it asks for one (407); or name the hub in NO_PROXY`,
        );
        socket.destroy();
        return `${proxy.host} lets ${hub.host} through`;
      },
    });
  }
  if (hub.protocol === "https:") {
    hops.push(
      { name: "TLS", try: async () => handshake(deps, { rejectUnauthorized: false }) },
      { name: "CA", try: async () => verifyCa(deps) },
    );
  }
  hops.push(
    {
      name: "hub",
      try: async () => {
        answer = await ask((http) => http.request({ method: "GET", path: "/version", timeoutMs }));
        const probe = await ask((http) => http.request({ method: "GET", path: blobRoute.path, timeoutMs }));
        return checkVersion(hub, answer, probe);
      },
    },
    {
      name: "clock",
      try: async () => {
        const skewMs = clock.now() - Date.parse(answer?.headers.date ?? "");
        if (Number.isNaN(skewMs)) return "the hub does not say what time it is";
        if (Math.abs(skewMs) <= maxSkewMs) return `within ${maxSkewMs / 1000} s of the hub's`;
        const seconds = Math.round(Math.abs(skewMs) / 1000);
        throw new HopFault(
          `this machine's clock is ${seconds} s ${skewMs > 0 ? "ahead of" : "behind"} the hub's`,
          "set the one that is wrong (`timedatectl`, NTP): certificates and tokens are refused by a wrong clock",
        );
      },
    },
    { name: "credential", try: async () => ask((http) => checkCredential(deps, http)) },
  );
  return hops;
}

function tcpMend(error: unknown, who: string, url: URL): string {
  if (codeOf(error) === "ECONNREFUSED")
    return `nothing listens on port ${portOf(url)}: is ${who} running, and is this its port?`;
  return `open the way to ${url.host}: firewalls, network policies (egress of the agent's namespace), routes`;
}

async function handshake({ hub, env }: HubHopsDeps, options: tls.ConnectionOptions): Promise<string> {
  return orFault(async () => {
    const below = await openSocket(hub, env);
    const servername = servernameOf(hostOf(hub));
    return new Promise<string>((resolve, reject) => {
      // Without a server name the certificate is still compared with the host.
      const socket = tls.connect({ ...options, socket: below, servername, host: hostOf(hub), timeout: timeoutMs });
      const end = (): void => {
        socket.destroy();
        below.destroy();
      };
      socket.once("secureConnect", () => {
        resolve(`${socket.getProtocol() ?? "TLS"}, certificate valid until ${socket.getPeerCertificate().valid_to}`);
        end();
      });
      socket.once("timeout", () => socket.destroy(new Error("no TLS answer in time")));
      socket.once("error", (error) => {
        reject(error);
        end();
      });
    });
  }, tlsMend);
}

async function verifyCa(deps: HubHopsDeps): Promise<string> {
  const { hub, env, trust } = deps;
  const { ca: file, pin } = trust;
  const ca =
    file ??
    (pin === undefined
      ? undefined
      : await orFault(
          () => fetchPinnedCa(hub, pin, env),
          () =>
            "take the pin anew from the bundler's log (caPin): it made another CA, or this is another server; behind a " +
            "load balancer that ends TLS give that one's CA with --ca-file",
        ));
  await handshake(deps, ca === undefined ? {} : { ca });
  if (file !== undefined) return "the certificate comes from the CA of --ca-file";
  return pin === undefined ? "the certificate comes from a CA of this system" : "the CA is the pinned one";
}

/** The path for blobs is the agent protocol's: its answers carry the protocol's version whatever they say. */
function checkVersion(hub: URL, answer: HttpAnswer, probe: HttpAnswer): string {
  const spoken = Number(probe.headers["drover-protocol"]);
  if (Number.isNaN(spoken)) {
    throw new HopFault(
      `${hub.origin} answers with HTTP ${probe.status}, but is no hub of Drover`,
      "correct host and port in --hub; a login page or a load balancer in between must pass /agent/ on unchanged",
    );
  }
  if (spoken !== protocolVersion) {
    const older = spoken < protocolVersion ? "bundler" : "agent";
    throw new HopFault(`the hub speaks protocol ${spoken}, this agent ${protocolVersion}`, `update the ${older}`);
  }
  return `answers as Drover ${versionOf(answer)}, protocol ${spoken}`;
}

function versionOf({ body }: HttpAnswer): string {
  try {
    const version = parseJson(body.toString("utf8"));
    const text = isJsonObject(version) ? version["gitVersion"] : undefined;
    return typeof text === "string" ? text.replace(/^.*drover-/u, "") : "of an unknown version";
  } catch {
    return "of an unknown version";
  }
}

/** Neither question changes anything: a blob that nobody has, and a registration that lacks everything but the token. */
async function checkCredential({ identity, token }: HubHopsDeps, http: HttpConnection): Promise<string> {
  const own = identity();
  const mend = "make a token with `drover register-token create` and give it with --token";
  if (own === undefined && token === undefined)
    throw new HopFault("the cluster is not registered, and there is no token", mend);
  const authorization = `Bearer ${own?.credential ?? token ?? ""}`;
  const headers = { authorization, "content-type": "application/json" };
  const answer =
    own === undefined
      ? await http.request({ method: registerRoute.method, path: registerRoute.path, headers, body: "{}", timeoutMs })
      : await http.request({
          method: blobRoute.method,
          path: `${blobRoute.path}${"0".repeat(64)}`,
          headers,
          timeoutMs,
        });
  if (answer.status === 401) {
    const what = own === undefined ? "the token" : `the credential of ${own.namespace}/${own.clusterName}`;
    throw new HopFault(`the hub does not know ${what}`, mend);
  }
  if (answer.status >= 500) throw new AppError("HUB_UNREACHABLE", `the hub answers HTTP ${answer.status}`);
  return own === undefined ? "the hub knows the token" : `registered as ${own.namespace}/${own.clusterName}`;
}
