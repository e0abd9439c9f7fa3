import pino, { type DestinationStream, type Level } from "pino";
import type { Logger } from "../log.ts";

/** Levels a program may be told to log at, quietest last. */
export const logLevels = ["debug", "info", "warn", "error"] as const satisfies readonly Level[];

export type LogLevel = (typeof logLevels)[number];

/** What a logger is made from. */
export interface LoggerOptions {
  /** Program name, on every line. */
  readonly name: string;
  readonly level: LogLevel;
  /** Where lines go; standard output when absent. */
  readonly destination?: DestinationStream;
}

/** Field names whose values never reach a log, at the top of a line and one or two levels down. */
const secretFields = [
  "authorization",
  "credential",
  "password",
  "privateKey",
  "secret",
  "token",
  "cookie",
  "clientKey",
];

/** Returns a pino logger writing JSON lines with ISO times; errors under `err` or `error` keep code, stack and cause. */
export function createLogger(options: LoggerOptions): Logger {
  return pino(
    {
      base: { name: options.name },
      level: options.level,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: pino.stdSerializers.errWithCause, error: pino.stdSerializers.errWithCause },
      redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: "[hidden]" },
    },
    options.destination ?? pino.destination({ fd: 1, sync: true }),
  );
}
