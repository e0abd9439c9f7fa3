import type { JsonObject, JsonValue } from "../../../codec/json-value.ts";
import { TemplateFault } from "./template-fault.ts";

/** What an expression can yield: a value, or nothing where the value is missing. */
export type TemplateValue = JsonValue | undefined;

/** What a template may use up; one budget is shared by all templates of a bundle. */
export interface TemplateBudget {
  /** Nodes that may still be evaluated. */
  steps: number;
  /** Characters that may still be printed. */
  characters: number;
}

/** Where an expression is evaluated. */
export interface TemplateScope {
  /** `this`. */
  readonly value: TemplateValue;
  /** What `../` leads to. */
  readonly parent: TemplateScope | undefined;
  /** `@index`, `@key`, `@first`, `@last` and block parameters. */
  readonly variables: ReadonlyMap<string, TemplateValue>;
  readonly depth: number;
  readonly run: {
    readonly root: JsonObject;
    /** A missing value that would be printed is a fault. */
    readonly strict: boolean;
    readonly budget: TemplateBudget;
    /** Hears of each part that is printed, in order. */
    readonly wrote?: (node: hbs.AST.Node, text: string) => void;
  };
}

/** Takes steps off the budget, one unless said. Throws `TemplateFault` when none is left. */
export function takeStep(node: hbs.AST.Node, scope: TemplateScope, steps = 1): void {
  scope.run.budget.steps -= steps;
  if (scope.run.budget.steps < 0) throw limitAt(node, "the template runs for too long");
}

/** Returns text that is printed, taken off the budget. Throws `TemplateFault` when it is too long. */
export function takeText(node: hbs.AST.Node, text: string, scope: TemplateScope): string {
  scope.run.budget.characters -= text.length;
  if (scope.run.budget.characters < 0) throw limitAt(node, "the template prints too much");
  scope.run.wrote?.(node, text);
  return text;
}

/** Returns a fault at a node. */
export function faultAt(node: hbs.AST.Node, message: string): TemplateFault {
  return new TemplateFault(message, { line: node.loc.start.line, column: node.loc.start.column + 1 });
}

/** Returns a fault at a node that says that a limit was hit. */
export function limitAt(node: hbs.AST.Node, message: string): TemplateFault {
  return new TemplateFault(message, { line: node.loc.start.line, column: node.loc.start.column + 1, isLimit: true });
}
