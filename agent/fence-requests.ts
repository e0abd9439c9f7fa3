import type { HttpConnection } from "./http-connection.ts";

/** Returns the connection, through which no request is sent while `mayWrite` says no: another agent may be at work then. */
export function fenceRequests(http: HttpConnection, mayWrite: () => boolean): HttpConnection {
  return {
    request: async (request) => {
      if (!mayWrite()) throw new Error("this agent does not hold the Lease of the agents, and sends nothing");
      return http.request(request);
    },
    // A watch only reads.
    stream: (request) => http.stream(request),
    [Symbol.dispose]: () => http[Symbol.dispose](),
  };
}
