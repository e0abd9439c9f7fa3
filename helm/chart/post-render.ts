import { posix } from "node:path";
import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { CodecError } from "../../codec/codec-error.ts";
import { parseYaml } from "../../codec/parse-yaml.ts";
import { printGoYaml } from "../../codec/print-go-yaml.ts";
import { ChartError } from "./chart-error.ts";
import { splitManifests } from "./split-manifests.ts";

/** Returns what is to be applied instead of rendered documents; hooks are among them. It may take, change and add documents. */
export type PostRender = (documents: string) => string;

/** Says in the stream which template a document is of, as in Helm. */
const fileAnnotation = "postrenderer.helm.sh/postrender-filename";

/**
 * Returns rendered files as `postRender` leaves them: it sees all documents as one stream, each annotated with the path of its
 * template, by which they are put into files again; new ones get a name of their own (Helm: `annotateAndMerge` and
 * `splitAndDeannotate`). Documents are printed anew: keys sorted, without comments. Throws `ChartError`.
 */
export function postRenderFiles(files: ReadonlyMap<string, string>, postRender: PostRender): Map<string, string> {
  const stream = [...files]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .filter(([file]) => !posix.basename(file).startsWith("_"))
    .flatMap(([file, text]) =>
      splitManifests(text)
        .flatMap((part) => objectsIn(part, `error merging manifests: parsing ${file}`))
        .map((one) => annotated(one, file)),
    );
  const answer = postRender(stream.map((object) => printGoYaml(object)).join("---\n"));
  const reconstructed = new Map<string, string>();
  for (const [index, object] of objectsIn(answer, "error while parsing post rendered output").entries()) {
    const { file, bare } = withoutAnnotation(object);
    const name = file ?? `generated-by-postrender-${index}.yaml`;
    const before = reconstructed.get(name);
    reconstructed.set(name, `${before === undefined ? "" : `${before}---\n`}${printGoYaml(bare)}`);
  }
  return reconstructed;
}

function objectsIn(text: string, doing: string): JsonObject[] {
  try {
    return parseYaml(text).flatMap(({ value }) => {
      if (value === null) return [];
      if (isJsonObject(value)) return [value];
      throw new ChartError("render", `${doing}: a document is no object`);
    });
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw new ChartError("render", `${doing}: yaml: line ${error.line}: ${error.reason}`, error);
  }
}

function annotated(object: JsonObject, file: string): JsonObject {
  const metadata = objectAt(object, "metadata");
  const annotations = { ...objectAt(metadata, "annotations"), [fileAnnotation]: file };
  return { ...object, metadata: { ...metadata, annotations } };
}

function withoutAnnotation(object: JsonObject): { readonly file: string | undefined; readonly bare: JsonObject } {
  const { annotations, ...metadata } = objectAt(object, "metadata");
  if (!isJsonObject(annotations)) return { file: undefined, bare: object };
  const { [fileAnnotation]: mark, ...others } = annotations;
  const file = typeof mark === "string" && mark !== "" ? mark : undefined;
  const kept = Object.keys(others).length === 0 ? metadata : { ...metadata, annotations: others };
  return { file, bare: { ...object, metadata: kept } };
}

function objectAt(object: JsonObject, key: string): Readonly<Record<string, JsonValue>> {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}
