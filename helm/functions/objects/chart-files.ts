import { fn, type GoFunction } from "../../template/go-function.ts";
import { fromBytes } from "../../template/go-string.ts";
import { typedSlice, TypedMap } from "../../template/go-value.ts";
import { yamlText } from "../yaml-text.ts";
import { compileGlob } from "./match-glob.ts";

/** Helm's `.Files`: the files of a chart that are no templates, by path. */
export class ChartFiles extends TypedMap {
  readonly #methods: Readonly<Record<string, GoFunction>>;

  constructor(files: Iterable<readonly [string, Uint8Array]>) {
    super({ goType: "engine.files", zero: new Uint8Array(), entries: files });
    this.#methods = {
      Get: fn(["string"], (name) => fromBytes(this.#bytes(name))),
      GetBytes: fn(["string"], (name) => this.#bytes(name)),
      Glob: fn(["string"], (pattern) => this.#glob(pattern)),
      AsConfig: fn([], () => this.#asData((bytes) => fromBytes(bytes))),
      AsSecrets: fn([], () => this.#asData((bytes) => Buffer.from(bytes).toString("base64"))),
      Lines: fn(["string"], (name) => typedSlice("[]string", this.#lines(name))),
    };
  }

  override method(name: string): GoFunction | undefined {
    return Object.hasOwn(this.#methods, name) ? this.#methods[name] : undefined;
  }

  #bytes(name: string): Uint8Array {
    const found = this.get(name);
    return found instanceof Uint8Array ? found : new Uint8Array();
  }

  /** A pattern that is none matches every file, as in Helm. */
  #glob(pattern: string): ChartFiles {
    const matches = compileGlob(pattern) ?? (() => true);
    return new ChartFiles(
      [...this.keys()].filter((name) => matches(name)).map((name): [string, Uint8Array] => [name, this.#bytes(name)]),
    );
  }

  #asData(read: (bytes: Uint8Array) => string): string {
    const data = new Map<string, string>();
    for (const name of [...this.keys()].sort()) data.set(baseName(name), read(this.#bytes(name)));
    return yamlText(data);
  }

  #lines(name: string): string[] {
    const text = fromBytes(this.#bytes(name));
    if (text === "") return [];
    return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
