import type { TemplateSet } from "./template-set.ts";
import type { StatementTracer } from "./render-trace.ts";
import type { GoMap, GoValue } from "./go-value.ts";
import type { MapRead } from "./map-reads.ts";
import type { RenderMemory } from "./render-memory.ts";

/** What one run may cost. Passing one ends the run with a `TemplateLimitError`. */
export interface TemplateLimits {
  /** CPU time of the rendering thread in milliseconds: a machine that is busy with other work takes nothing from it. */
  readonly cpuMs: number;
  /** Actions, calls and loop rounds. */
  readonly steps: number;
  /** Templates within templates (`template`, `include`, `tpl`). */
  readonly depth: number;
  /** Bytes (UTF-16 units) of text that one run may produce, strings, lists and maps in between included. */
  readonly outputBytes: number;
}

/** Limits that no sane chart reaches: the heaviest public ones take a quarter of the time (docs/helm-compatibility.md). */
export const defaultLimits: TemplateLimits = {
  cpuMs: 2000,
  steps: 10_000_000,
  depth: 400,
  outputBytes: 128 * 1024 * 1024,
};

/** Where functions that are not repeatable get their results; see `functions/random-tape.ts`. */
export interface RandomSource {
  /** Returns the recorded result for this call, or calls `produce` and records what it returns. */
  draw: (call: RandomCall, produce: () => string) => string;
}

/** Which call asks for a random result. The same call at the same place asks with the same key in the next run. */
export interface RandomCall {
  /** The function's name. */
  readonly name: string;
  /** The template that is being executed. */
  readonly template: string;
  /** The arguments; only a hash of them is recorded. */
  readonly args: readonly string[];
}

/** Looks up objects of a cluster for `lookup`; returns an empty map for what is not there. */
export type LookupObject = (query: {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}) => GoMap;

/** What a caller lets templates reach; all of it has a safe default. */
export interface ExecuteOptions {
  readonly limits?: Partial<TemplateLimits>;
  /** Source of random results; by default the system's, unrecorded. */
  readonly random?: RandomSource;
  /** Objects for `lookup`; by default nothing is ever found, as offline. */
  readonly lookup?: LookupObject;
  /** Addresses for `getHostByName`; by default always empty. */
  readonly resolveHost?: (name: string) => string;
  /** Hears what the chart refuses with `fail` and `required`, which then give an empty text (Helm's lint mode). */
  readonly onRefusal?: (words: string) => void;
  /** Told of all that runs, so that one knows afterwards where each part of the output came from. */
  readonly tracer?: StatementTracer;
  /** The clock of `now`, in milliseconds since 1970; by default the system's. */
  readonly now?: () => number;
  /** IANA name of the zone that counts as local for dates; by default UTC. */
  readonly timeZone?: string;
}

/** What a template wrote for a map when so many changes had been made. */
export interface WrittenText {
  readonly data: GoMap;
  readonly changes: number;
  readonly text: string;
  readonly reads: readonly MapRead[];
}

/** State of one run that all its scopes share. */
export interface Run {
  readonly options: ExecuteOptions;
  readonly limits: TemplateLimits;
  /** CPU time of the thread at which the run ends; see `threadCpuMs`. */
  deadlineMs: number;
  /** Mean time of the work so far whose time is left to chance, and what it took beyond the mean; see `atMeanTime`. */
  chanceMs: number;
  badLuckMs: number;
  steps: number;
  /** Number of steps at which the clock is looked at next. */
  nextCheck: number;
  depth: number;
  produced: number;
  /** How often a function that changes maps was called. */
  changes: number;
  /** What this render shares with those before it. */
  memory: RenderMemory;
  /** What templates wrote, by name; see `runRemembered`. */
  readonly written: Map<string, WrittenText>;
  /** How often each name is being included right now. */
  readonly included: Map<string, number>;
}

/** Where a function is called: the templates that can be seen there and the run. */
export interface Scope {
  readonly set: TemplateSet;
  readonly run: Run;
  /** Name of the template whose action is being executed. */
  readonly templateName: string;
}

/** The random source of a scope's run. */
export function drawRandom(scope: Scope, call: Omit<RandomCall, "template">, produce: () => string): string {
  const random = scope.run.options.random;
  return random === undefined ? produce() : random.draw({ ...call, template: scope.templateName }, produce);
}

/** A value that is given to templates as their data. */
export type TemplateData = GoValue;
