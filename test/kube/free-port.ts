import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Returns a port of 127.0.0.1 that nobody listens on. It lies below the range that the kernel gives to outgoing
 * connections, so that no client takes it before the server that it is meant for has started.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(15_000, 32_000);
    if (await canListen(port)) return port;
  }
  throw new Error("found no free port between 15000 and 32000 in 100 attempts");
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(false);
    });
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
