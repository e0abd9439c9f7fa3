import type { CelValue } from "./cel-value.ts";

/** Operators of two values whose order of evaluation is free. */
export type BinaryOperator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "+" | "-" | "*" | "/" | "%";

/** Macros that go over a list or the keys of a map. */
export type LoopKind = "all" | "exists" | "exists_one" | "filter" | "map";

/** A part of an expression; `at` is where it stands in the text. */
export type CelNode = { readonly at: number; readonly depth: number } & (
  | { readonly type: "literal"; readonly value: CelValue }
  | { readonly type: "name"; readonly name: string }
  /** `of.name`, or with `optional` `of.?name`. */
  | { readonly type: "member"; readonly of: CelNode; readonly name: string; readonly optional: boolean }
  | { readonly type: "index"; readonly of: CelNode; readonly key: CelNode; readonly optional: boolean }
  | { readonly type: "has"; readonly of: CelNode; readonly name: string }
  | {
      readonly type: "call";
      readonly name: string;
      readonly target: CelNode | undefined;
      readonly parameters: readonly CelNode[];
    }
  | { readonly type: "list"; readonly items: readonly ListItem[] }
  | { readonly type: "map"; readonly entries: readonly MapEntry[] }
  | { readonly type: "unary"; readonly operator: "!" | "-"; readonly of: CelNode }
  | { readonly type: "binary"; readonly operator: BinaryOperator; readonly left: CelNode; readonly right: CelNode }
  | { readonly type: "logic"; readonly operator: "&&" | "||"; readonly left: CelNode; readonly right: CelNode }
  | { readonly type: "choice"; readonly test: CelNode; readonly yes: CelNode; readonly no: CelNode }
  | Loop
  /** `optMap` and `optFlatMap`: what is made of an optional's value, if it has one. */
  | {
      readonly type: "optional";
      readonly of: CelNode;
      readonly name: string;
      readonly to: CelNode;
      readonly flat: boolean;
    }
);

/** One item of a list; an optional one is left out when it has no value. */
export interface ListItem {
  readonly optional: boolean;
  readonly value: CelNode;
}

/** One entry of a map; an optional one is left out when it has no value. */
export interface MapEntry extends ListItem {
  readonly key: CelNode;
}

/** A macro over the items of a list or the keys of a map. */
export interface Loop {
  readonly type: "loop";
  readonly kind: LoopKind;
  readonly over: CelNode;
  /** The variable of each item; of two, the first is the index or the key, and the second the item or the value. */
  readonly names: readonly string[];
  readonly test: CelNode | undefined;
  /** Of `map` only. */
  readonly to: CelNode | undefined;
}
