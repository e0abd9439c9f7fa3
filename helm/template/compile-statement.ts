import { broken, type CompiledBody, continued, done, type Expression, type Statement } from "./compiled-template.ts";
import { createExpressionCompiler, type ExpressionCompiler } from "./compile-expression.ts";
import { compileRange } from "./compile-range.ts";
import { execError, type Frame, tick } from "./frame.ts";
import type { FunctionTable } from "./go-function.ts";
import { isTrue } from "./go-type.ts";
import { GoObject, type GoValue, TypedMap } from "./go-value.ts";
import { isClosedAndCostly } from "./is-closed.ts";
import { nodeText } from "./node-text.ts";
import type { BranchNode, ListNode, StatementNode } from "./nodes.ts";
import { printValue } from "./print-value.ts";
import { quoteString } from "./quote-string.ts";
import type { StatementTracer } from "./render-trace.ts";
import { rememberedText } from "./remembered-text.ts";
import { mayRemember, runRemembered } from "./run-template.ts";
import { findTemplate } from "./template-set.ts";
import { VariableScope } from "./variable-scope.ts";

/** What the compilers of statements share. */
export interface StatementCompiler {
  readonly variables: VariableScope;
  readonly expressions: ExpressionCompiler;
  readonly list: (node: ListNode) => Statement;
}

/** Runs a statement of the template's own data only where something that it reads has changed since it ran last. */
function remembering(node: StatementNode, statement: Statement): Statement {
  // The same statement in several files is one.
  const maker = nodeText(node);
  return (frame, dot) => {
    const [data] = frame.variables;
    const reads = dot === data && data instanceof TypedMap && mayRemember(frame) ? data.reads : undefined;
    if (reads === undefined) return statement(frame, dot);
    const before = frame.out;
    frame.out = "";
    const text = rememberedText(frame.run, { reads, maker, isFile: false }, () => {
      statement(frame, dot);
      return frame.out;
    });
    frame.out = before + text;
    return done;
  };
}

function actionText(value: GoValue): string {
  if (value === undefined) return "<no value>";
  return value instanceof GoObject ? value.actionText() : printValue(value);
}

/** Returns the closures of a template's root list. */
export function compileBody(root: ListNode, functions: FunctionTable, tracer?: StatementTracer): CompiledBody {
  const variables = new VariableScope();
  const expressions = createExpressionCompiler({ functions, variables });
  const compiler: StatementCompiler = { variables, expressions, list: compileList };
  const run = compileList(root);
  return { run: tracer === undefined ? run : tracer.body(run), variables: variables.size };

  function compileList(list: ListNode): Statement {
    const statements = list.nodes.map((node) => compileStatement(node));
    const [first, second] = statements;
    if (first === undefined) return () => done;
    if (second === undefined) return first;
    return (frame, dot) => {
      for (const statement of statements) {
        const outcome = statement(frame, dot);
        if (outcome !== done) return outcome;
      }
      return done;
    };
  }

  function compileStatement(node: StatementNode): Statement {
    const statement = compileUntraced(node);
    if (tracer !== undefined) return tracer.statement(node, statement);
    return isClosedAndCostly(node) ? remembering(node, statement) : statement;
  }

  function compileUntraced(node: StatementNode): Statement {
    switch (node.type) {
      case "text":
        return (frame) => {
          frame.out += node.text;
          return done;
        };
      case "action":
        return compileAction(node);
      case "break":
        return () => broken;
      case "continue":
        return () => continued;
      case "template":
        return compileTemplateCall(node);
      case "range":
        return compileRange(compiler, node);
      case "if":
      case "with":
        return variables.within(() => compileBranch(node));
    }
  }

  function compileAction(node: Extract<StatementNode, { type: "action" }>): Statement {
    const pipeline = expressions.pipeline(node.pipe);
    if (node.pipe.variables.length > 0) {
      return (frame, dot) => {
        tick(frame);
        pipeline(frame, dot);
        return done;
      };
    }
    return (frame, dot) => {
      tick(frame);
      const value = pipeline(frame, dot);
      frame.out += typeof value === "string" ? value : actionText(value);
      return done;
    };
  }

  function compileBranch(node: BranchNode): Statement {
    const condition = expressions.pipeline(node.pipe);
    const withDot = node.type === "with";
    const { dotType } = expressions;
    if (withDot) expressions.dotType = "concrete";
    const body = variables.within(() => compileList(node.list));
    expressions.dotType = dotType;
    const otherwise = node.elseList === undefined ? undefined : compileList(node.elseList);
    return (frame, dot) => {
      tick(frame);
      const value = condition(frame, dot);
      if (isTrue(value)) return body(frame, withDot ? value : dot);
      return otherwise === undefined ? done : otherwise(frame, dot);
    };
  }

  function compileTemplateCall(node: Extract<StatementNode, { type: "template" }>): Statement {
    const data: Expression = node.pipe === undefined ? () => undefined : expressions.pipeline(node.pipe);
    return (frame: Frame, dot: GoValue) => {
      tick(frame);
      frame.node = node;
      const template = findTemplate(frame.set, node.name);
      if (template === undefined) throw execError(frame, `template ${quoteString(node.name)} not defined`);
      frame.out += runRemembered(frame, template, data(frame, dot));
      return done;
    };
  }
}
