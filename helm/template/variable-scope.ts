import type { StaticType } from "./value-field.ts";

interface Entry {
  readonly name: string;
  readonly slot: number;
  readonly type: StaticType;
}

/** The variables of a template while it is compiled: each declaration gets a place of its own in the frame. */
export class VariableScope {
  #entries: Entry[] = [{ name: "$", slot: 0, type: "concrete" }];
  #slots = 1;

  /** Places that a frame needs. */
  get size(): number {
    return this.#slots;
  }

  /** Declares a variable and returns its place. */
  declare(name: string, type: StaticType = "concrete"): number {
    const slot = this.#slots++;
    this.#entries.push({ name, slot, type });
    return slot;
  }

  /** Returns the place of the innermost variable of a name, or `undefined`. */
  find(name: string): number | undefined {
    return this.#entries.findLast((entry) => entry.name === name)?.slot;
  }

  /** Returns how Go types the variable's value. */
  typeOf(name: string): StaticType {
    return this.#entries.findLast((entry) => entry.name === name)?.type ?? "concrete";
  }

  /** Runs a function and forgets what was declared in it. */
  within<T>(compile: () => T): T {
    const mark = this.#entries.length;
    const result = compile();
    this.#entries.length = mark;
    return result;
  }

  /** Returns a function that runs another one with the variables as they are seen here and now. */
  snapshot(): <T>(compile: () => T) => T {
    const seen = [...this.#entries];
    return (compile) => {
      const now = this.#entries;
      this.#entries = [...seen];
      try {
        return compile();
      } finally {
        this.#entries = now;
      }
    };
  }

  /** Says how Go types what a variable holds from here on. */
  setType(name: string, type: StaticType): void {
    const index = this.#entries.findLastIndex((entry) => entry.name === name);
    const entry = this.#entries[index];
    if (entry !== undefined) this.#entries[index] = { ...entry, type };
  }
}
