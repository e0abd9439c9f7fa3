import { type JsonObject, type JsonValue, isJsonObject } from "../../../codec/json-value.ts";
import { evaluateCall, evaluateExpression, isTrue, printValue } from "./evaluate-expression.ts";
import { type TemplateScope, type TemplateValue, faultAt, limitAt, takeStep, takeText } from "./template-scope.ts";

/** How a template is evaluated. */
export type EvaluateOptions = Omit<TemplateScope["run"], "root">;

/** Blocks nested deeper than this are refused. */
const maxDepth = 50;

/**
 * Returns the text of a parsed Handlebars template. The tree is walked, never compiled to code; only own members of values
 * can be reached and only our helpers called, so that a template can print and loop over values and nothing else. Throws
 * `TemplateFault` for partials, unknown helpers, missing values (when strict) and an exhausted budget.
 */
export function evaluateTemplate(program: hbs.AST.Program, root: JsonObject, options: EvaluateOptions): string {
  return evaluateProgram(program, {
    value: root,
    parent: undefined,
    variables: new Map(),
    depth: 0,
    run: { root, ...options },
  });
}

function evaluateProgram(program: hbs.AST.Program, scope: TemplateScope): string {
  let text = "";
  for (const statement of program.body) {
    takeStep(statement, scope);
    text += evaluateStatement(statement, scope);
  }
  return text;
}

function evaluateStatement(statement: hbs.AST.Statement, scope: TemplateScope): string {
  if (isContent(statement)) return takeText(statement, statement.value, scope);
  if (statement.type === "CommentStatement") return "";
  if (isBlock(statement)) return evaluateBlock(statement, scope);
  if (!isMustache(statement)) throw faultAt(statement, "partials and decorators are not supported");
  return takeText(statement, printValue(statement, evaluateCall(statement, scope), scope), scope);
}

function evaluateBlock(block: hbs.AST.BlockStatement, scope: TemplateScope): string {
  if (scope.depth >= maxDepth) throw limitAt(block, `blocks are nested deeper than ${maxDepth} levels`);
  const name = block.path.original;
  const [first] = block.params;
  if (first === undefined || block.params.length > 1) throw faultAt(block, `{{#${name}}} takes one value`);
  const value = evaluateExpression(first, scope);
  switch (name) {
    case "if":
    case "unless": {
      const branch = isTrue(value) === (name === "if") ? block.program : block.inverse;
      return evaluateBranch(branch, { ...scope, depth: scope.depth + 1 });
    }
    case "with":
      if (!isTrue(value)) return evaluateBranch(block.inverse, scope);
      return evaluateBranch(block.program, innerScope(block, scope, { value, parameters: [value], variables: [] }));
    case "each":
      return evaluateEach(block, value, scope);
    default:
      throw faultAt(block, `there is no block {{#${name}}}; there are if, unless, each and with`);
  }
}

/** The parser leaves out `inverse` of a block without `else`, whatever its type says. */
function evaluateBranch(program: hbs.AST.Program | undefined, scope: TemplateScope): string {
  return program === undefined ? "" : evaluateProgram(program, scope);
}

function evaluateEach(block: hbs.AST.BlockStatement, value: TemplateValue, scope: TemplateScope): string {
  const entries: (readonly [string | number, JsonValue])[] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(isJsonObject(value) ? value : {});
  if (entries.length === 0) return evaluateBranch(block.inverse, scope);
  let text = "";
  for (const [index, [key, item]] of entries.entries()) {
    takeStep(block, scope);
    const variables: [string, TemplateValue][] = [
      ["@index", index],
      ["@key", key],
      ["@first", index === 0],
      ["@last", index === entries.length - 1],
    ];
    text += evaluateProgram(
      block.program,
      innerScope(block, scope, { value: item, parameters: [item, key], variables }),
    );
  }
  return text;
}

function innerScope(
  block: hbs.AST.BlockStatement,
  scope: TemplateScope,
  inner: { value: TemplateValue; parameters: readonly TemplateValue[]; variables: [string, TemplateValue][] },
): TemplateScope {
  const names: readonly string[] = block.program.blockParams ?? [];
  const named = names.map((name, index): [string, TemplateValue] => [name, inner.parameters[index]]);
  return {
    value: inner.value,
    parent: scope,
    variables: new Map([...scope.variables, ...inner.variables, ...named]),
    depth: scope.depth + 1,
    run: scope.run,
  };
}

function isContent(node: hbs.AST.Node): node is hbs.AST.ContentStatement {
  return node.type === "ContentStatement";
}

function isBlock(node: hbs.AST.Node): node is hbs.AST.BlockStatement {
  return node.type === "BlockStatement";
}

function isMustache(node: hbs.AST.Node): node is hbs.AST.MustacheStatement {
  return node.type === "MustacheStatement";
}
