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

/** Values that the random templates use. */
export const randomValues = {
  name: "my-App",
  empty: "",
  words: "the quick  brown_fox-jumps\nover",
  uni: "héllo ☃ 😀 ß",
  num: 42,
  big: 12345678,
  neg: -7.25,
  zero: 0,
  yes: true,
  no: false,
  strings: ["b", "a", "c", "a"],
  mixed: ["x", 1, 2.5, true, { k: "v" }, ["y"]],
  numbers: [3, 1, 2],
  none: [],
  map: { b: 1, a: "two", c: { d: ["e", { f: "g" }] }, "odd key": false },
  other: { a: "three", c: { z: 9 }, l: [1] },
  hollow: {},
};

type Kind = "text" | "int" | "bool" | "list" | "map" | "any";

/** Ways to write an expression of a kind; `#kind` stands for another expression. */
const forms: Readonly<Record<Kind, readonly string[]>> = {
  text: [
    '"lit"',
    '""',
    '"a-b_c d"',
    "`raw \\n`",
    '"tab\\tq\\"é"',
    "$.Values.name",
    "$.Values.words",
    "$.Values.uni",
    "$.Values.empty",
    "(upper #text)",
    "(lower #text)",
    "(title #text)",
    "(trim #text)",
    "(trunc #small #text)",
    "(quote #any)",
    "(squote #any)",
    "(replace #text #text #text)",
    '(printf "%v|%s|%q" #any #text #text)',
    '(printf "%5d|%-6s|%t" #int #text #bool)',
    "(print #any #any)",
    "(toString #any)",
    '(join "," #list)',
    "(b64enc #text)",
    "(sha256sum #text)",
    "(indent 2 #text)",
    "(nindent 3 #text)",
    "(toJson #any)",
    "(toYaml #any)",
    "(cat #any #any)",
    "(repeat 2 #text)",
    "(snakecase #text)",
    "(kebabcase #text)",
    "(camelcase #text)",
    "(trimSuffix #text #text)",
    "(trimPrefix #text #text)",
    "(trimAll #text #text)",
    "(default #text #any | toString)",
    "(kindOf #any)",
    "(typeOf #any)",
    '(regexReplaceAll "[a-c]+" #text "<$0>")',
    '(regexFind "[a-z]+" #text)',
    "(substr 0 #small #text)",
    "(html #text)",
    "(urlquery #text)",
    "(swapcase #text)",
    "(initials #text)",
    "(nospace #text)",
    "(wrap #size #text)",
    "(abbrev #size #text)",
    "(toPrettyJson #any)",
    "(toRawJson #any)",
    '(include "help" #any)',
    '(tpl "{{ . }}-{{ $ }}" #any)',
    '(first (splitList "-" #text))',
    "(untitle #text)",
    '(get #map "a" | toString)',
    '(dig "c" "d" "dflt" #map | toString)',
    "(b64enc #text | b64dec)",
    "(js #text)",
    '(regexSplit "[ _-]" #text -1 | join "/")',
    "(ternary #text #text #bool)",
    "(adler32sum #text)",
    "(toToml #map)",
  ],
  int: [
    "1",
    "0",
    "-3",
    "17",
    "(len #list)",
    "(len #map)",
    "(len #text)",
    "(int #any)",
    "(add 1 2 | int)",
    "(int64 #any | int)",
    "(mul 3 4 | int)",
    "(atoi #text)",
    "(floor #any | int)",
    "(max 1 #any | int)",
    "(sub #any #any | int)",
    "(ceil #any | int)",
    "(min #any 3 | int)",
  ],
  bool: [
    "true",
    "false",
    "(not #any)",
    "(eq #text #text)",
    "(ne #int #int)",
    "(lt #int #int)",
    "(ge #text #text)",
    '(hasKey #map "a")',
    "(has #any #list)",
    "(contains #text #text)",
    "(hasPrefix #text #text)",
    "(empty #any)",
    '(kindIs "string" #any)',
    '(regexMatch "^[a-z]" #text)',
    "(and #bool #bool)",
    "(or #bool #bool)",
    "(deepEqual #any #any)",
    "(any #any #any)",
    '(semverCompare ">=1.2-0" "1.3.0")',
    '(typeIs "int" #any)',
    "(all #any #any)",
    "(hasSuffix #text #text)",
  ],
  list: [
    "$.Values.strings",
    "$.Values.mixed",
    "$.Values.numbers",
    "$.Values.none",
    "(list #any #any)",
    "(list)",
    "(append #list #any)",
    "(prepend #list #any)",
    "(concat #list #list)",
    "(uniq #list)",
    "(reverse #list)",
    "(rest #list)",
    "(initial #list)",
    "(without #list #any)",
    "(sortAlpha #list)",
    '(splitList " " #text)',
    "(compact #list)",
    "(keys #map | sortAlpha)",
    "(until #size)",
    "(fromYamlArray (toYaml #list))",
    "(fromJsonArray (toJson #list))",
    "(toStrings #list)",
    '(pluck "a" #map #map)',
    "(chunk 2 #list)",
    '(regexFindAll "[a-z]" #text 3)',
    "(untilStep 0 #size 2)",
    "(deepCopy #list)",
  ],
  map: [
    "$.Values.map",
    "$.Values.other",
    "$.Values.hollow",
    '(dict "a" #any "b" #any)',
    "(dict)",
    '(merge (dict "x" 1) #map)',
    "(mergeOverwrite (deepCopy #map) #map)",
    "(merge (deepCopy #map) #map)",
    '(pick #map "a" "c")',
    '(omit #map "a")',
    '(set (deepCopy #map) "n" #any)',
    '(unset (deepCopy #map) "a")',
    "(fromYaml (toYaml #map))",
    "(fromJson (toJson #map))",
    "(deepCopy #map)",
  ],
  any: [
    "#text",
    "#int",
    "#bool",
    "#list",
    "#map",
    "nil",
    "$.Values.missing",
    "1.5",
    "$.Values.num",
    "$.Values.big",
    "$.Values.neg",
    "(index #list 0)",
    "(first #list)",
    "(last #list)",
    "(coalesce #any #any)",
    "(default #any #any)",
    "(ternary #any #any #bool)",
    "$.Values.map.c.d",
    '(index $.Values.map "c" "d" 0)',
    "(int64 #any)",
    "(float64 #any)",
    "(add #any #any)",
    "(and #any #any)",
    "(or #any #any)",
    '(get #map "b")',
    "$.Release",
    '(split "-" #text)',
    "(div #any 2)",
    "(mod #any 5)",
    "(round #any 1)",
  ],
};

/** Forms of a kind that hold no other expression. */
const leaves: Readonly<Record<Kind, readonly string[]>> = {
  text: ['"leaf"', "$.Values.name"],
  int: ["2", "5"],
  bool: ["true", "$.Values.no"],
  list: ["$.Values.strings", "(list 1)"],
  map: ["$.Values.other", '(dict "k" "v")'],
  any: ["$.Values.num", '"any"', "$.Values.yes"],
};

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

  #expression(kind: Kind, depth: number): string {
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
    return this.#action(`template "help" ${this.#expression("any", 1)}`);
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

function asKind(name: string): Kind {
  for (const kind of ["text", "int", "bool", "list", "map", "any"] as const) {
    if (kind === name) return kind;
  }
  throw new Error(`no expressions of kind ${name}`);
}

function isBalanced(text: string): boolean {
  let depth = 0;
  for (const character of text.replaceAll(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, "")) {
    if (character === "(") depth++;
    if (character === ")" && --depth < 0) return false;
  }
  return depth === 0;
}
