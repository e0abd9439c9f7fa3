import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { refusalOf } from "../../../../agent/link/accept-document.ts";
import { readDocumentFile, writeDocumentFile } from "../../../../agent/link/document-file.ts";
import { silentLogger } from "../../../../shared/log.ts";
import type { DesiredDocument } from "../../../../shared/protocol/desired-document.ts";
import { createTempDir } from "../../../support/temp-dir.ts";

function aDocument(fields: Partial<DesiredDocument> = {}): DesiredDocument {
  const facts = { name: "c", namespace: "w", labels: {}, annotations: {}, templateValues: { big: 9007199254740993n } };
  return { epoch: "e", revision: 5, tag: "t", facts, deployments: [], remove: [], ...fields };
}

const deployment = { bundle: "w/a", deploymentId: "1", content: "0".repeat(64), options: "0".repeat(64) };

describe("refusalOf", () => {
  const following = { epoch: "e", revision: 5 };
  test.each([
    { name: "the same revision", document: aDocument(), refusal: undefined },
    { name: "a newer revision", document: aDocument({ revision: 6 }), refusal: undefined },
    { name: "an older revision", document: aDocument({ revision: 4 }), refusal: /older/u },
    { name: "another epoch", document: aDocument({ epoch: "f", revision: 9 }), refusal: /--accept-epoch f/u },
    { name: "a bundle twice", document: aDocument({ deployments: [deployment, deployment] }), refusal: /twice/u },
    {
      name: "a bundle wanted and removed",
      document: aDocument({
        deployments: [deployment],
        remove: [{ bundle: "w/a", reason: "not-targeted", because: "1" }],
      }),
      refusal: /both/u,
    },
  ])("answers $name", ({ document, refusal }) => {
    const fault = refusalOf(document, following);
    expect(fault?.message ?? "").toMatch(refusal ?? /^$/u);
  });
});

describe("the document file", () => {
  test("gives back the document, digit by digit, to the same cluster only", async () => {
    await using dir = await createTempDir("document");
    const path = join(dir.path, "sub", "document.json");
    await writeDocumentFile(path, "w/c", aDocument());
    expect(await readDocumentFile(path, "w/c", silentLogger)).toEqual(aDocument());
    expect(await readDocumentFile(path, "w/other", silentLogger)).toBeUndefined();
  });

  test("is not used when it is damaged or missing", async () => {
    await using dir = await createTempDir("document");
    const path = join(dir.path, "document.json");
    expect(await readDocumentFile(path, "w/c", silentLogger)).toBeUndefined();
    for (const text of ["", "{", '{"cluster":"w/c","document":{"deployments":[]}}']) {
      await writeFile(path, text);
      expect(await readDocumentFile(path, "w/c", silentLogger)).toBeUndefined();
    }
  });
});
