import type { Outcome, Statement } from "./compiled-template.ts";
import type { Frame } from "./frame.ts";
import type { GoValue } from "./go-value.ts";
import type { PipeNode, StatementNode } from "./nodes.ts";
import { usedNames } from "./used-names.ts";
import { type ReadListener, watchScope, type ValueRead } from "./watch-values.ts";

/** One run of a template: what it wrote, and which of its statements wrote which part. */
export interface TracedText {
  /** Name of the file or definition; `gotpl` for a text of `tpl`. */
  readonly name: string;
  text: string;
  /** Texts and actions that wrote something, in order, without gaps. */
  readonly spans: TracedSpan[];
}

/** One run of a statement. */
export interface TracedSpan {
  readonly node: StatementNode;
  /** Name of the template that it stands in. */
  readonly template: string;
  /** Offsets in the text of its template. */
  readonly start: number;
  end: number;
  /** What it read of values, release and chart, what ran in it not counted. */
  readonly reads: ValueRead[];
  /** The templates that ran in it: `include`, `template`, `tpl`. */
  readonly runs: TracedText[];
  /** Statements that gave its variables and its dot their values: assignments, `with` and `range`. */
  readonly givers: readonly TracedSpan[];
}

/** Hears of each statement and template that runs; given to the compiler, so that renders without one cost nothing. */
export interface StatementTracer {
  readonly statement: (node: StatementNode, run: Statement) => Statement;
  readonly body: (run: Statement) => Statement;
}

/** What a traced render leaves behind. */
export interface RenderTrace {
  readonly tracer: StatementTracer;
  /** What each file wrote, by its path as `web/charts/db/templates/x.yaml`. */
  readonly files: ReadonlyMap<string, TracedText>;
}

interface OpenText {
  readonly text: TracedText;
  /** What last gave each variable its value. */
  readonly variables: Map<string, TracedSpan>;
  /** The `with` and `range` around the statement at hand, the innermost last. */
  readonly blocks: TracedSpan[];
}

/** Returns a trace for one render of one chart. */
export function createTrace(): RenderTrace {
  const files = new Map<string, TracedText>();
  let open: OpenText | undefined;
  let current: TracedSpan | undefined;
  const heard: ReadListener = (read) => {
    const last = current?.reads.at(-1);
    if (last === undefined || !isWithin(read, last)) current?.reads.push(read);
  };

  function body(run: Statement): Statement {
    return (frame, dot) => {
      const text: TracedText = { name: frame.templateName, text: "", spans: [] };
      const outer = { open, caller: current };
      if (outer.caller === undefined) watchScope(frame.templateName, frame.variables[0], heard);
      open = { text, variables: new Map(), blocks: [] };
      current = undefined;
      const outcome = run(frame, dot);
      text.text = frame.out;
      if (outer.caller === undefined) files.set(text.name, text);
      else outer.caller.runs.push(text);
      open = outer.open;
      current = outer.caller;
      return outcome;
    };
  }

  function statement(node: StatementNode, run: Statement): Statement {
    const pipe = pipeOf(node);
    const used = pipe === undefined ? { variables: [], dot: false } : usedNames(pipe);
    const isBlock = node.type === "with" || node.type === "range";
    return (frame: Frame, dot: GoValue): Outcome => {
      if (open === undefined) return run(frame, dot);
      const { text, variables, blocks } = open;
      const block = used.dot ? blocks.at(-1) : undefined;
      const givers = used.variables.flatMap((name) => variables.get(name) ?? []);
      const span: TracedSpan = {
        node,
        template: text.name,
        start: frame.out.length,
        end: 0,
        reads: [],
        runs: [],
        givers: block === undefined ? givers : [...givers, block],
      };
      const outer = current;
      current = span;
      const isAssignment = node.type === "action" && node.pipe.variables.length > 0;
      if (!isAssignment) give(variables, pipe, span);
      if (isBlock) blocks.push(span);
      const outcome = run(frame, dot);
      if (isBlock) blocks.pop();
      if (isAssignment) give(variables, pipe, span);
      span.end = frame.out.length;
      current = outer;
      const isWriter = node.type === "text" || node.type === "action" || node.type === "template";
      if (isWriter && span.end > span.start) text.spans.push(span);
      return outcome;
    };
  }

  return { tracer: { body, statement }, files };
}

/** What is gone through whole is gone through member by member. */
function isWithin(read: ValueRead, last: ValueRead): boolean {
  return (
    read.object === last.object &&
    read.chart === last.chart &&
    last.path.every((key, index) => read.path[index] === key)
  );
}

function give(variables: Map<string, TracedSpan>, pipe: PipeNode | undefined, span: TracedSpan): void {
  for (const variable of pipe?.variables ?? []) variables.set(variable.names[0] ?? "$", span);
}

function pipeOf(node: StatementNode): PipeNode | undefined {
  return "pipe" in node ? node.pipe : undefined;
}
