import { type ExpressionKind, forms, leaves, asKind } from "./random-expressions.ts";

/** Returns numbers from 0 to below 1 that a seed decides. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Writes random templates; the same seed gives the same templates. */
export class TemplateGenerator {
  readonly #random: () => number;
  #variables: string[] = [];
  #loops = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** Returns a template of a few statements. It needs the partial `help`. */
  next(): string {
    this.#variables = [];
    this.#loops = 0;
    return this.#statements(3);
  }

  #pick<T>(items: readonly T[]): T {
    const found = items[Math.floor(this.#random() * items.length)];
    if (found === undefined) throw new Error("nothing to pick from");
    return found;
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #expression(kind: ExpressionKind, depth: number): string {
    if (this.#variables.length > 0 && kind === "any" && this.#chance(0.2)) return this.#pick(this.#variables);
    const form = depth <= 0 ? this.#pick(leaves[kind]) : this.#pick(forms[kind]);
    return form.replaceAll(/#(\w+)/g, (_, name: string) => {
      if (name === "small") return String(Math.floor(this.#random() * 6));
      if (name === "size") return String(4 + Math.floor(this.#random() * 8));
      return this.#expression(asKind(name), depth - 1);
    });
  }

  #statements(depth: number): string {
    const mark = this.#variables.length;
    const count = 1 + Math.floor(this.#random() * 4);
    let text = "";
    for (let index = 0; index < count; index++) text += this.#statement(depth);
    this.#variables.length = mark;
    return text;
  }

  #action(inside: string): string {
    const open = this.#chance(0.2) ? "{{- " : this.#chance(0.5) ? "{{ " : "{{";
    return `${open}${inside}${this.#chance(0.2) ? " -}}" : " }}"}`;
  }

  #statement(depth: number): string {
    const roll = this.#random();
    if (roll < 0.2) return this.#pick(["text ", "\n", "  - x: ", "{ }", "é ", "\n\n  ", "}} "]);
    if (roll < 0.5 || depth <= 0) return this.#action(this.#pipeline());
    if (roll < 0.6) return this.#declaration();
    if (roll < 0.75) return this.#branch(depth);
    if (roll < 0.9) return this.#range(depth);
    if (roll < 0.95)
      return this.#action(`/* a comment */`).replaceAll(/\{\{ ?\/|\/ \}\}/g, (mark) => mark.replace(" ", ""));
    const data = this.#expression("any", 1);
    return this.#action(`template "help" ${data === "nil" ? "" : data}`);
  }

  #pipeline(): string {
    const start = this.#expression(this.#pick(["text", "any", "int", "bool", "list", "map"]), 3);
    const bare = start.startsWith("(") && this.#chance(0.5) ? start.slice(1, -1) : start;
    const balanced = isBalanced(bare) ? bare : start;
    if (balanced === "nil") return "print nil";
    return this.#chance(0.4)
      ? `${balanced} | ${this.#pick(["quote", "toYaml", 'default "d"', "toString | upper", "toJson", "print", "kindOf", "empty", "int"])}`
      : balanced;
  }

  #declaration(): string {
    const value = this.#expression("any", 2);
    const known = this.#variables.length > 0 && this.#chance(0.4);
    const name = known ? this.#pick(this.#variables) : `$v${this.#variables.length}`;
    const text = this.#action(`${name} ${known ? "=" : ":="} ${value === "nil" ? "print nil" : value}`);
    if (!known) this.#variables.push(name);
    return text;
  }

  #branch(depth: number): string {
    const word = this.#pick(["if", "with"]);
    const condition = this.#expression(this.#pick(["bool", "any", "map", "text"]), 2);
    const head = this.#action(`${word} ${condition === "nil" ? "false" : condition}`);
    const body =
      this.#statements(depth - 1) +
      (this.#loops > 0 && this.#chance(0.2) ? `{{ ${this.#pick(["break", "continue"])} }}` : "");
    const chained = this.#chance(0.2)
      ? this.#action(`else ${word} ${this.#expression("bool", 1)}`) + this.#statements(depth - 1)
      : "";
    const otherwise = this.#chance(0.4) ? this.#action("else") + this.#statements(depth - 1) : "";
    return head + body + chained + otherwise + this.#action("end");
  }

  #range(depth: number): string {
    const mark = this.#variables.length;
    const isInt = this.#chance(0.2);
    const over = isInt
      ? String(Math.floor(this.#random() * 4))
      : this.#expression(this.#pick(["list", "list", "map"]), 2);
    const names = [`$i${mark}`, `$e${mark}`];
    const kind = this.#pick(isInt ? [0, 1] : [0, 1, 2, 2]);
    const shown = kind === 0 ? "" : `${(kind === 1 ? names.slice(1) : names).join(", ")} := `;
    if (kind > 0) this.#variables.push(...(kind === 1 ? names.slice(1) : names));
    this.#loops++;
    const body = this.#statements(depth - 1);
    this.#loops--;
    this.#variables.length = mark;
    const otherwise = this.#chance(0.2) ? this.#action("else") + this.#statements(depth - 1) : "";
    return (
      this.#action(`range ${shown}${over}`) +
      body +
      this.#action("{{ . }}".slice(3, 4)) +
      otherwise +
      this.#action("end")
    );
  }
}

function isBalanced(text: string): boolean {
  let depth = 0;
  for (const character of text.replaceAll(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, "")) {
    if (character === "(") depth++;
    if (character === ")" && --depth < 0) return false;
  }
  return depth === 0;
}
