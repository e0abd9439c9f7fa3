/**
 * What kept a chart from being fetched: `address` – it names nothing that could be asked; `unauthorized` – the server wants
 * another credential; `not-found` – no such chart or version; `refused` – the answer breaks a limit, a digest or a format;
 * `unreachable` – no answer, or a server's failure, which may pass.
 */
export type ChartSourceFault = "address" | "unauthorized" | "not-found" | "refused" | "unreachable";

/** A chart that could not be fetched. Messages hold addresses without credentials. */
export class ChartSourceError extends Error {
  readonly fault: ChartSourceFault;

  constructor(fault: ChartSourceFault, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "ChartSourceError";
    this.fault = fault;
  }
}

/** A server that answered, and has no such chart, or not in a version that is wanted. */
export class ChartMissingError extends ChartSourceError {
  readonly missing: "chart" | "version";

  constructor(missing: "chart" | "version", message: string) {
    super("not-found", message);
    this.missing = missing;
  }
}
