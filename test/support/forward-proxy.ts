import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import type { Duplex } from "node:stream";

/** A forward proxy that notes what it was asked for. */
export interface ForwardProxy extends AsyncDisposable {
  readonly url: string;
  /** `GET http://…` and `CONNECT host:port`. */
  readonly seen: string[];
}

/** Starts one on a free port of 127.0.0.1. */
export async function startForwardProxy(): Promise<ForwardProxy> {
  const seen: string[] = [];
  const tunnels = new Set<Duplex>();
  const proxy = createServer((incoming, response) => {
    seen.push(`${incoming.method ?? ""} ${incoming.url ?? ""}`);
    const outgoing = request(
      incoming.url ?? "",
      { method: incoming.method ?? "GET", headers: incoming.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    incoming.pipe(outgoing);
  });
  proxy.on("connect", (incoming, client, head) => {
    tunnels.add(client);
    seen.push(`CONNECT ${incoming.url ?? ""}`);
    const [host = "", port = ""] = (incoming.url ?? "").split(":");
    const server = connect(Number(port), host, () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      server.write(head);
      server.pipe(client);
      client.pipe(server);
    });
    server.on("error", () => client.destroy());
    client.on("error", () => server.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    [Symbol.asyncDispose]: async () => {
      proxy.closeAllConnections();
      for (const tunnel of tunnels) tunnel.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
