import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { FieldNumbers } from "../../apiserver/http/protobuf/field-numbers.ts";

/** A field of a Go struct: its number in protobuf, and its JSON name or, for an inlined struct, that struct's name. */
interface NumberedField {
  readonly number: number;
  readonly json: string;
  readonly inlined: string;
}

type Structs = ReadonlyMap<string, readonly NumberedField[]>;

/**
 * Returns the protobuf field numbers of types named as in OpenAPI (`io.k8s.api.apps.v1.Deployment`), from the struct tags
 * of the Go modules below `modules` (`$(go env GOMODCACHE)`), libraries of `version` (`0.36.3`).
 */
export function readFieldNumbers(
  names: readonly string[],
  { modules, version }: { readonly modules: string; readonly version: string },
): Readonly<Record<string, FieldNumbers>> {
  const packages = new Map<string, Structs>();
  const entries = names.map((name): [string, FieldNumbers] => {
    const [, , module = "", ...path] = name.split(".");
    const dir = join(modules, "k8s.io", `${module}@v${version}`, ...path.slice(0, -1));
    const structs = packages.get(dir) ?? readStructs(dir);
    packages.set(dir, structs);
    return [name, numbersOf(path.at(-1) ?? "", structs)];
  });
  return Object.fromEntries(entries.filter(([, numbers]) => Object.keys(numbers).length > 0));
}

function numbersOf(struct: string, structs: Structs): FieldNumbers {
  const fields = structs.get(struct) ?? [];
  return Object.fromEntries(
    fields.map(({ number, json, inlined }) => [String(number), json === "" ? numbersOf(inlined, structs) : json]),
  );
}

function readStructs(dir: string): Structs {
  const structs = new Map<string, readonly NumberedField[]>();
  if (statSync(dir, { throwIfNoEntry: false }) === undefined) return structs;
  const files = readdirSync(dir).filter((file) => /^(?!zz_)(?!.*(?:generated|_test\.go)).*\.go$/.test(file));
  for (const file of files) {
    const source = readFileSync(join(dir, file), "utf8");
    for (const [, name = "", body = ""] of source.matchAll(/^(?:type |\t)(\w+) struct \{\n(.*?)^\t?\}/gms)) {
      structs.set(name, readFields(body));
    }
  }
  return structs;
}

function readFields(body: string): readonly NumberedField[] {
  return body.split("\n").flatMap((line): readonly NumberedField[] => {
    const found = /^\s+(?:\w+\s+)?(\S+)\s+`.*?json:"([^",]*)[^"]*".*?protobuf:"\w+,(\d+)/.exec(line);
    if (found === null) return [];
    const [, type = "", json = "", number = ""] = found;
    return json === "-" ? [] : [{ number: Number(number), json, inlined: type.replace(/^\*?(?:\w+\.)?/, "") }];
  });
}
