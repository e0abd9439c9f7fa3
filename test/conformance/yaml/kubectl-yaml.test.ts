import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CodecError } from "../../../codec/codec-error.ts";
import { type JsonValue, isJsonObject } from "../../../codec/json-value.ts";
import { parseJson } from "../../../codec/parse-json.ts";
import { parseYaml } from "../../../codec/parse-yaml.ts";
import { stableJson } from "../../../codec/stable-hash.ts";
import { kubectl } from "../../support/kubectl.ts";
import { missingPrograms, reasonMissing } from "../../support/missing-programs.ts";
import { partIsThere } from "../../support/missing-parts.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { structures } from "./structures.ts";

const isThere = partIsThere("kubectl", reasonMissing(await missingPrograms(["kubectl"])));

/** One scalar, or near-scalar, a line: what somebody might write behind `key: `. */
const scalars = (await readFile(join(import.meta.dirname, "scalars.txt"), "utf8")).split("\n");

const places: Readonly<Record<string, (scalar: string) => string>> = {
  "as a value": (scalar) => `v: ${scalar}`,
  "as a key": (scalar) => `${scalar}: v`,
  "as a list item": (scalar) => `- ${scalar}`,
};

describe.skipIf(!isThere)("YAML as kubectl reads it", () => {
  it.each(Object.entries(places))("reads more than 500 scalars %s as kubectl does", async (_place, write) => {
    expect(scalars.length).toBeGreaterThan(500);
    const { differences, accepted } = await compare(scalars.map(write));
    expect(differences).toEqual([]);
    expect(accepted).toBeGreaterThan(350);
  });

  it("reads whole texts as kubectl does: blocks, anchors, merge keys, tabs, line ends", async () => {
    const { differences, accepted } = await compare(structures);
    expect(differences).toEqual([]);
    expect(accepted).toBeGreaterThan(50);
  });
});

/**
 * Returns what both read differently of texts that stand as `spec` of an object (the words of a refusal may differ), and
 * how many kubectl accepted.
 */
async function compare(texts: readonly string[]): Promise<{ differences: object[]; accepted: number }> {
  const files = texts.map(asObject);
  const expected = await readWithKubectl(files);
  const differences = files.flatMap((file, index) => {
    const [mine, theirs] = [readHere(file), expected[index]];
    return mine === theirs ? [] : [{ text: texts[index], mine, theirs }];
  });
  return { differences, accepted: expected.filter((text) => text !== "refused").length };
}

function asObject(text: string, index: number): string {
  const indented = text.replaceAll(/(?<=^|\n)(?=[^\n\r])/g, "  ");
  return `apiVersion: example.org/v1\nkind: Tea\nmetadata:\n  name: t${index}\nspec:\n${indented}\n`;
}

function readHere(file: string): string {
  try {
    const [first] = parseYaml(file);
    return printSpec(first?.value ?? null);
  } catch (error) {
    if (error instanceof CodecError) return "refused";
    throw error;
  }
}

async function readWithKubectl(files: readonly string[]): Promise<string[]> {
  await using dir = await createTempDir("yaml");
  const folder = join(dir.path, "objects");
  await mkdir(folder);
  await Promise.all(files.map((file, index) => writeFile(join(folder, `${index}.yaml`), file)));
  const result = await kubectl(["annotate", "--local", "-f", folder, "seen=yes", "-o", "json"], {
    kubeconfigPath: join(dir.path, "kubeconfig"),
  });
  const found = new Map<string, string>();
  for (const text of result.stdout.split(/(?<=^\})\n/m)) {
    const value = text.trim() === "" ? null : parseJson(text);
    const metadata = isJsonObject(value) ? value["metadata"] : undefined;
    if (isJsonObject(metadata) && typeof metadata["name"] === "string") found.set(metadata["name"], printSpec(value));
  }
  return files.map((_file, index) => found.get(`t${index}`) ?? "refused");
}

/** The API holds integers beyond int64 as floats, so that they are compared by value. */
function printSpec(value: JsonValue): string {
  if (!isJsonObject(value) || value["kind"] !== "Tea") return "refused";
  return stableJson({ ...value, metadata: {} }).replaceAll(/\b\d{19,}\b/g, (digits) => String(Number(digits)));
}
