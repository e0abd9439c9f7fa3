import type { Logger } from "../log.ts";

/** What `listenForShutdown` needs. */
export interface ShutdownOptions {
  readonly log: Logger;
  /** How long a program may take to end after the first signal before it is ended with exit code 1. */
  readonly graceMs: number;
}

/** A program's one abort signal; disposing takes the listeners off. */
export interface Shutdown extends Disposable {
  readonly signal: AbortSignal;
  /** Resolves when the signal is aborted. */
  readonly requested: Promise<void>;
}

/**
 * Returns a signal that is aborted by the first SIGTERM or SIGINT. A second one, or a program that is still running
 * after `graceMs`, ends the process with exit code 1.
 */
export function listenForShutdown({ log, graceMs }: ShutdownOptions): Shutdown {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(1);
    log.info({ signal: name }, "shutting down");
    timer = setTimeout(() => {
      log.error({ graceMs }, "shutdown took too long");
      process.exit(1);
    }, graceMs);
    timer.unref();
    controller.abort();
    resolve();
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  return {
    signal: controller.signal,
    requested: promise,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      process.off("SIGTERM", stop);
      process.off("SIGINT", stop);
    },
  };
}
