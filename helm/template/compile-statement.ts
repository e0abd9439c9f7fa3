import { closedStatement } from "./closed-statement.ts";
import { broken, type CompiledBody, continued, done, type Expression, type Statement } from "./compiled-template.ts";
import { createExpressionCompiler, type ExpressionCompiler } from "./compile-expression.ts";
import { compileRange } from "./compile-range.ts";
import { execError, type Frame, tick } from "./frame.ts";
import type { FunctionTable } from "./go-function.ts";
import { isTrue } from "./go-type.ts";
import { GoObject, type GoValue } from "./go-value.ts";
import type { BranchNode, ListNode, StatementNode } from "./nodes.ts";
import { printValue } from "./print-value.ts";
import { quoteString } from "./quote-string.ts";
import type { StatementTracer } from "./render-trace.ts";
import { rememberStatement } from "./remember-statement.ts";
import { runRemembered } from "./run-template.ts";
import { findTemplate } from "./template-set.ts";
import { VariableScope } from "./variable-scope.ts";

/** What the compilers of statements share. */
export interface StatementCompiler {
  readonly variables: VariableScope;
  readonly expressions: ExpressionCompiler;
  readonly list: (node: ListNode) => Statement;
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
  // Whether the statements at hand are run for the template's own data, and how many of them have a place for their text.
  let isOwnData = true;
  let pieces = 0;
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
    if (tracer !== undefined) return tracer.statement(node, compileUntraced(node));
    const closed = isOwnData ? closedStatement(node) : undefined;
    if (closed === undefined) return node.type === "if" ? compileUntraced(node) : compileParts(node);
    const slots = closed.variables.map((name) => variables.find(name) ?? 0);
    const piece = { ...closed, node, slots, place: pieces++ };
    return rememberStatement(piece, compileParts(node));
  }

  function compileParts(node: StatementNode): Statement {
    const outer = isOwnData;
    isOwnData = false;
    const statement = compileUntraced(node);
    isOwnData = outer;
    return statement;
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
