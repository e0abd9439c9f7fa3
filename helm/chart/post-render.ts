import { posix } from "node:path";
import { CodecError } from "../../codec/codec-error.ts";
import { parseNodes } from "../../codec/yaml-node/parse-nodes.ts";
import { writeNodes } from "../../codec/yaml-node/write-nodes.ts";
import { isNullNode, type YamlNode } from "../../codec/yaml-node/yaml-node.ts";
import { annotationOf, clearAnnotation, InvalidNode, memberOf, setAnnotation } from "./node-annotations.ts";
import { ChartError } from "./chart-error.ts";
import { splitManifests } from "./split-manifests.ts";

/** Returns what is to be applied instead of rendered documents; hooks are among them. It may take, change and add documents. */
export type PostRender = (documents: string) => string;

/** Says in the stream which template a document is of, as in Helm. */
const fileAnnotation = "postrenderer.helm.sh/postrender-filename";
/** What kyaml counts documents with while it reads; they are gone when it writes. */
const readerAnnotations = [
  "config.kubernetes.io/index",
  "internal.config.kubernetes.io/index",
  "internal.config.kubernetes.io/seqindent",
];

/** Annotations of old and new name, of which kyaml adds the one that is missing. */
const renamedAnnotations = [
  ["config.kubernetes.io/path", "internal.config.kubernetes.io/path"],
  ["config.k8s.io/id", "internal.config.kubernetes.io/id"],
] as const;

/**
 * Returns rendered files as `postRender` leaves them: it sees all documents as one stream, each annotated with the path of its
 * template, by which they are put into files again; new ones get a name of their own (Helm: `annotateAndMerge` and
 * `splitAndDeannotate`). Documents keep order, style and comments as far as Helm's do. Throws `ChartError`.
 */
export function postRenderFiles(files: ReadonlyMap<string, string>, postRender: PostRender): Map<string, string> {
  const stream = [...files]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .filter(([file]) => !posix.basename(file).startsWith("_"))
    .flatMap(([file, text]) =>
      splitManifests(text).flatMap((part) => {
        const documents = readDocuments(part, `error merging manifests: parsing ${file}`);
        for (const document of documents) {
          editing(`error merging manifests: annotating ${file}`, () => setAnnotation(document, fileAnnotation, file));
        }
        return documents;
      }),
    );
  const answer = postRender(writeDocuments(stream, "error merging manifests: writing merged docs"));
  return splitByFile(readDocuments(answer, "error while parsing post rendered output: error parsing YAML"));
}

function splitByFile(documents: readonly YamlNode[]): Map<string, string> {
  const doing = "error while parsing post rendered output";
  const byFile = new Map<string, YamlNode[]>();
  for (const [index, document] of documents.entries()) {
    const file = annotationOf(document, fileAnnotation) || `generated-by-postrender-${index}.yaml`;
    editing(`${doing}: clearing filename annotation`, () => clearAnnotation(document, fileAnnotation));
    byFile.set(file, [...(byFile.get(file) ?? []), document]);
  }
  return new Map([...byFile].map(([file, parts]) => [file, writeDocuments(parts, `${doing}: re-writing ${file}`)]));
}

/** kyaml's reader: documents are split by line before they are read, a lone list of objects counts as the objects. */
function readDocuments(text: string, doing: string): YamlNode[] {
  const parts = splitDocuments(text.replaceAll("\r\n", "\n"), doing);
  return parts.flatMap((part, index) => {
    const document = readDocument(index === parts.length - 1 ? part : `${part}\n`, doing);
    const root = document?.content[0];
    if (document === undefined || root === undefined || isNullNode(root)) return [];
    editing(doing, () => {
      completeRenamed(document);
      for (const key of readerAnnotations.slice(0, 2)) setAnnotation(document, key, String(index));
    });
    const items = parts.length === 1 ? listedObjects(root) : undefined;
    return items ?? [document];
  });
}

function completeRenamed(document: YamlNode): void {
  for (const [old, renamed] of renamedAnnotations) {
    const [before, after] = [annotationOf(document, old), annotationOf(document, renamed)];
    if (before === "" && after !== "") setAnnotation(document, old, after);
    if (before !== "" && after === "") setAnnotation(document, renamed, before);
  }
}

function splitDocuments(text: string, doing: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (const { index, 0: separator } of text.matchAll(/\n---.*\n/g)) {
    const rest = separator.slice(4).trim();
    if (rest !== "" && !rest.startsWith("#")) {
      throw new ChartError("render", `${doing}: invalid document separator: ${separator.trim()}`);
    }
    parts.push(text.slice(from, index));
    from = index + separator.length;
  }
  return text === "" ? [] : [...parts, text.slice(from)];
}

function readDocument(text: string, doing: string): YamlNode | undefined {
  try {
    return parseNodes(text);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw new ChartError("render", `${doing}: MalformedYAMLError: ${error.go ?? error.message}`, error);
  }
}

/** The members of a `List`, which kyaml takes out of it; undefined for other objects. */
function listedObjects(root: YamlNode): readonly YamlNode[] | undefined {
  const kind = memberOf(root, "kind")?.value;
  if (kind !== "List" && kind !== "ResourceList") return undefined;
  const items = memberOf(root, "items");
  if (items === undefined && memberOf(root, "functionConfig") === undefined) return undefined;
  return items?.content ?? [];
}

function writeDocuments(documents: readonly YamlNode[], doing: string): string {
  editing(doing, () => {
    for (const document of documents) for (const key of readerAnnotations) clearAnnotation(document, key);
  });
  return writeNodes(documents, { isCompact: true });
}

function editing(doing: string, edit: () => void): void {
  try {
    edit();
  } catch (error) {
    if (!(error instanceof InvalidNode)) throw error;
    throw new ChartError("render", `${doing}: ${error.message}`, error);
  }
}
