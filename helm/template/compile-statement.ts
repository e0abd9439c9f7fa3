import { closedPipe, type ClosedStatement, closedStatement } from "./closed-statement.ts";
import { broken, type CompiledBody, continued, done, type Expression, type Statement } from "./compiled-template.ts";
import { createExpressionCompiler, type ExpressionCompiler } from "./compile-expression.ts";
import { compileRange } from "./compile-range.ts";
import { execError, type Frame, tick } from "./frame.ts";
import type { FunctionTable } from "./go-function.ts";
import { isTrue } from "./go-type.ts";
import { GoObject, type GoValue } from "./go-value.ts";
import type { BranchNode, ListNode, PipeNode, StatementNode } from "./nodes.ts";
import { printValue } from "./print-value.ts";
import { quoteString } from "./quote-string.ts";
import type { StatementTracer } from "./render-trace.ts";
import { rememberValue, rememberStatement, type TemplatePiece } from "./remember-statement.ts";
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
  let isOwnData = tracer === undefined;
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
    if (closed === undefined) {
      return node.type === "if" || node.type === "action" ? compileUntraced(node) : compileParts(node);
    }
    return rememberStatement(placed(closed), node, compileParts(node));
  }

  function placed(closed: ClosedStatement): TemplatePiece {
    return { ...closed, slots: closed.variables.map((name) => variables.find(name) ?? 0), place: pieces++ };
  }

  /** Returns where the value of a pipeline is kept, if it is one that need not be evaluated each time. */
  function pieceOf(pipe: PipeNode): TemplatePiece | undefined {
    const closed = isOwnData ? closedPipe(pipe) : undefined;
    return closed === undefined ? undefined : placed(closed);
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
    if (node.pipe.variables.length > 0) return compileAssignment(node.pipe);
    const pipeline = expressions.pipeline(node.pipe);
    return (frame, dot) => {
      tick(frame);
      const value = pipeline(frame, dot);
      frame.out += typeof value === "string" ? value : actionText(value);
      return done;
    };
  }

  function compileAssignment(pipe: PipeNode): Statement {
    const piece = pieceOf(pipe);
    const pipeline = expressions.pipeline(pipe);
    const slot = variables.find(pipe.variables[0]?.names[0] ?? "$");
    if (piece === undefined || slot === undefined) {
      return (frame, dot) => {
        tick(frame);
        pipeline(frame, dot);
        return done;
      };
    }
    const known = rememberValue(piece, pipeline);
    return (frame, dot) => {
      tick(frame);
      frame.variables[slot] = known(frame, dot);
      return done;
    };
  }

  function compileCondition(pipe: PipeNode): Expression {
    const piece = pipe.variables.length === 0 ? pieceOf(pipe) : undefined;
    const pipeline = expressions.pipeline(pipe);
    return piece === undefined ? pipeline : rememberValue(piece, (frame, dot) => isTrue(pipeline(frame, dot)));
  }

  function compileBranch(node: BranchNode): Statement {
    const withDot = node.type === "with";
    const condition = withDot ? expressions.pipeline(node.pipe) : compileCondition(node.pipe);
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
