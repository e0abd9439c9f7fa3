import { connect, createServer, type Socket } from "node:net";

/** A port that passes bytes on to a server until it is cut. */
export interface TcpGate extends AsyncDisposable {
  /** The server's URL with the gate's port. */
  readonly url: string;
  /** Drops every connection at once and refuses new ones: whoever used it can do nothing more, as if it had been killed. */
  cut(): void;
}

/** Opens a gate on 127.0.0.1 in front of a server of this machine. */
export async function openTcpGate(target: string): Promise<TcpGate> {
  const url = new URL(target);
  const sockets = new Set<Socket>();
  let isCut = false;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("close", () => sockets.delete(socket));
  };
  const server = createServer((incoming) => {
    if (isCut) {
      incoming.destroy();
      return;
    }
    const outgoing = connect(Number(url.port), url.hostname);
    for (const [from, to] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      keep(from);
      from.on("error", () => to.destroy());
      from.on("close", () => to.destroy());
      from.pipe(to);
    }
  });
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the gate has no port");
  return {
    url: `${url.protocol}//127.0.0.1:${address.port}`,
    cut,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        cut();
        server.close(() => resolve());
      }),
  };
}
