import { describe, expect, it } from "vitest";
import { indexSection } from "../../../../../helm/chart/source/index-section.ts";
import { listVersions } from "../../../../../helm/chart/source/repository-index.ts";
import { readYaml } from "../../../../../helm/chart/read-yaml.ts";

const helmStyle = `apiVersion: v1
entries:
  api:
  - apiVersion: v2
    created: "2026-01-01T00:00:00Z"
    digest: aaaa
    name: api
    urls:
    - https://x.example/api-1.0.0.tgz
    version: 1.0.0
  web:
  - annotations:
      version: 9.9.9
      notes: |
        urls:
        - nowhere
    apiVersion: v2
    dependencies:
    - name: lib
      version: 7.7.7
    description: 'a text
      version: 8.8.8'
    digest: bbbb
    keywords:
    - version: 6.6.6
    urls:
    - web-1.2.0.tgz
    - https://mirror.example/web-1.2.0.tgz
    version: "1.2.0"
  - version: 1.1.0
    urls: [web-1.1.0.tgz]
    digest: sha256:cccc
generated: "2026-01-01T00:00:00Z"
`;

const deepStyle = `apiVersion: v1
entries:
    web:
        - apiVersion: v2
          urls:
            - web-1.0.0.tgz
          version: 1.0.0
    worker:
        - urls:
            - worker-1.0.0.tgz
          version: 1.0.0
`;

/** What reading the whole text gives. */
function whole(text: string, chart: string): unknown {
  const index = readYaml(text);
  const list: unknown = Object(Object(index)["entries"])[chart];
  if (!Array.isArray(list)) return undefined;
  return list.map((item: Record<string, unknown>) => {
    const urls: unknown = item["urls"];
    const [url = ""] = Array.isArray(urls) ? urls : [];
    const digest = item["digest"];
    return { version: item["version"], url, digest: typeof digest === "string" ? digest.replace("sha256:", "") : "" };
  });
}

describe("indexSection", () => {
  it.each([
    ["Helm's", helmStyle, "web"],
    ["Helm's, the first chart", helmStyle, "api"],
    ["a deeper one", deepStyle, "web"],
    ["a deeper one, the last chart", deepStyle, "worker"],
    ["Windows' line ends", helmStyle.replaceAll("\n", "\r\n"), "web"],
  ])("gives what the whole index gives, in the layout %s", (...[, text, chart]) => {
    expect(indexSection(text, chart)).toBeDefined();
    expect(listVersions(text, chart, "place")).toEqual(whole(text, chart));
  });

  it.each([
    ["JSON", JSON.stringify({ apiVersion: "v1", entries: { web: [{ version: "1.0.0", urls: ["w.tgz"] }] } })],
    ["flow items", "apiVersion: v1\nentries:\n  web:\n  - {version: 1.0.0, urls: [w.tgz]}\n"],
    ["aliases", "apiVersion: v1\nentries:\n  web:\n  - version: &v 1.0.0\n    digest: *v\n    urls:\n    - w.tgz\n"],
    ["a chart twice", "apiVersion: v1\nentries:\n  web:\n  - version: 1.0.0\n  web:\n  - version: 2.0.0\n"],
    ["folded values", "apiVersion: v1\nentries:\n  web:\n  - version: >-\n      1.0.0\n    urls:\n    - w.tgz\n"],
    ["quoted keys", 'apiVersion: v1\nentries:\n  web:\n  - "version": 1.0.0\n    urls:\n    - w.tgz\n'],
  ])("leaves %s to the whole reader, which finds the same", (_, text) => {
    expect(indexSection(text, "web")).toBeUndefined();
    expect(listVersions(text, "web", "place")).toMatchObject([{ version: expect.stringMatching(/^[12]\.0\.0$/u) }]);
  });

  it("does not find a chart that is not there, nor one that only some text names", () => {
    expect(listVersions(helmStyle, "lib", "place")).toBeUndefined();
    expect(listVersions(helmStyle, "generated", "place")).toBeUndefined();
  });

  it("refuses an index without apiVersion", () => {
    expect(() => listVersions(helmStyle.replace("apiVersion: v1\n", ""), "web", "place")).toThrow("has no apiVersion");
  });
});
