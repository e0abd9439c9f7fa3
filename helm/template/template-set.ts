import type { CompiledTemplate } from "./compiled-template.ts";
import type { FunctionTable } from "./go-function.ts";
import type { StatementTracer } from "./render-trace.ts";
import type { Delimiters } from "./tokens.ts";

/** What a missing map key gives: no value, the zero value (as Helm asks for), or an error. */
export type MissingKey = "default" | "zero" | "error";

/** What templates are compiled with. */
export interface TemplateSettings {
  readonly delimiters: Delimiters;
  readonly functions: FunctionTable;
  readonly missingKey: MissingKey;
  /** Told of all that runs. */
  readonly tracer?: StatementTracer | undefined;
}

/** Templates that can see one another. The set does not change once it is made; a text run by `tpl` gets a set on top. */
export interface TemplateSet {
  readonly settings: TemplateSettings;
  readonly templates: ReadonlyMap<string, CompiledTemplate>;
  /** The set that this one adds to. */
  readonly parent: TemplateSet | undefined;
  /** Compiled texts of `tpl`, shared with the parent. */
  readonly texts: TextCache;
}

/** Templates compiled from a text that came out of values. */
export interface TextCache {
  get: (text: string) => readonly CompiledTemplate[] | undefined;
  set: (text: string, templates: readonly CompiledTemplate[]) => void;
}

const maxTextCharacters = 16 * 1024 * 1024;

/** Returns a cache that forgets everything when the texts in it grow beyond 16 M characters. */
export function createTextCache(): TextCache {
  const texts = new Map<string, readonly CompiledTemplate[]>();
  let characters = 0;
  return {
    get: (text) => texts.get(text),
    set: (text, templates) => {
      characters += text.length;
      if (characters > maxTextCharacters) {
        texts.clear();
        characters = text.length;
      }
      texts.set(text, templates);
    },
  };
}

/** Returns the template of a name, or `undefined`. */
export function findTemplate(set: TemplateSet, name: string): CompiledTemplate | undefined {
  for (let current: TemplateSet | undefined = set; current !== undefined; current = current.parent) {
    const found = current.templates.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}
