import { readFileSync } from "node:fs";
import { Agent, createServer, request } from "node:https";

/** Many requests at once against one path, over connections that are kept. */
export interface Load {
  readonly url: string;
  readonly ca: string;
  readonly parallel: number;
  readonly count: number;
  /** Headers and body of the request with this number. */
  readonly of: (index: number) => { readonly token: string; readonly body: string };
}

/** Sends the load and returns how long it took; throws at an answer of 400 or more. */
export async function sendLoad({ url, ca, parallel, count, of }: Load): Promise<number> {
  const { hostname, port, pathname } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: parallel, ca });
  let next = 0;
  const one = async (index: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const { token, body } = of(index);
      const headers = { authorization: `Bearer ${token}`, "content-length": Buffer.byteLength(body) };
      const outgoing = request({ agent, hostname, port, path: pathname, method: "POST", headers }, (response) => {
        response.resume();
        response.on("end", () => {
          if ((response.statusCode ?? 500) < 400) resolve();
          else reject(new Error(`${url} answered ${response.statusCode}`));
        });
      });
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  const beganMs = performance.now();
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      while (next < count) await one(next++);
    }),
  );
  agent.destroy();
  return performance.now() - beganMs;
}

/** A bare server that reads a POST and answers 204: the floor, over TLS as the hub is. Runs until its process is ended. */
export function serveFloor(pair: { readonly cert: string; readonly key: string }): void {
  const server = createServer(pair, (incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      JSON.parse(Buffer.concat(chunks).toString("utf8"));
      response.writeHead(204).end();
    });
  });
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    process.stdout.write(`listens https://127.0.0.1:${port}/\n`);
  });
}

if (import.meta.main) {
  const [cert = "", key = ""] = process.argv.slice(2);
  serveFloor({ cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") });
}
