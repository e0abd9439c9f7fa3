import { TemplateExecError, TemplateParseError } from "../template/template-error.ts";
import { refusalWords } from "./chart-refusal.ts";

interface Trace {
  readonly location: string;
  readonly executed: string;
  readonly message: string;
}

/**
 * Returns the text with which Helm 4 reports a failed template: the chart's own words for `fail` and `required`, else each
 * level of the call chain on lines of its own. What is no error of a template keeps its message.
 */
export function describeTemplateError(error: unknown): string {
  if (error instanceof TemplateParseError) return describeParseError(error.message);
  if (!(error instanceof TemplateExecError)) return error instanceof Error ? error.message : String(error);
  const { message } = error;
  if (message.startsWith("template: no template ")) return message;
  const tokens = message.split(": ");
  if (tokens.length < 3) return `execution error: ${message}`;
  const words = refusalWords(tokens.slice(2).join(": "));
  if (words !== undefined) return `execution error at (${tokens[1] ?? ""}): ${words}`;
  const traces: Trace[] = [];
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    const trace = readTrace(current.message);
    if (trace === undefined) return message;
    const last = traces.at(-1);
    if (last === undefined || traceText(last) !== traceText(trace)) traces.push(trace);
  }
  return traces
    .map((trace) => traceText(trace))
    .join("")
    .trim();
}

function describeParseError(message: string): string {
  const tokens = message.split(": ");
  return `parse error at (${tokens[1] ?? ""}): ${tokens.at(-1) ?? ""}`;
}

function traceText(trace: Trace): string {
  const location = trace.location === "" ? "" : `${trace.location}\n  `;
  const executed = trace.executed === "" ? "" : `${trace.executed}\n    `;
  return location + executed + (trace.message === "" ? "" : `${trace.message}\n`);
}

function readTrace(message: string): Trace | undefined {
  const prefix = "template: ";
  if (!message.startsWith(prefix)) return undefined;
  const rest = message.slice(prefix.length);
  if (rest.startsWith("no template ")) return { location: "", executed: "", message };
  return readExecuting(rest) ?? readSimple(rest);
}

function readExecuting(rest: string): Trace | undefined {
  const marker = ": executing ";
  const at = rest.indexOf(marker);
  if (at < 0) return undefined;
  const after = rest.slice(at + marker.length);
  const name = /^"([^"]*)"/.exec(after)?.[1];
  if (name === undefined) return undefined;
  const afterName = after.slice(name.length + 2);
  if (!afterName.startsWith(" at <")) return undefined;
  const end = afterName.indexOf(">: ");
  if (end < 0) return undefined;
  return {
    location: rest.slice(0, at),
    executed: `executing "${name}" at <${afterName.slice(" at <".length, end)}>:`,
    message: untilNext(afterName.slice(end + 3)),
  };
}

function readSimple(rest: string): Trace | undefined {
  const at = rest.lastIndexOf(": ");
  return at < 0 ? undefined : { location: rest.slice(0, at), executed: "", message: untilNext(rest.slice(at + 2)) };
}

/** Helm cuts a message where the next level begins. */
function untilNext(message: string): string {
  const at = message.indexOf(" template:");
  return at < 0 ? message : message.slice(0, at);
}
