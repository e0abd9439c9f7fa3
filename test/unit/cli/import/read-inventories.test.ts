import { expect, it } from "vitest";
import { inventorySecrets } from "../../../../agent/reconcile/inventory-secret.ts";
import { ownedObjects } from "../../../../cli/import/read-inventories.ts";
import { isJsonObject, type JsonObject } from "../../../../codec/json-value.ts";
import { parseJson } from "../../../../codec/parse-json.ts";

function asSent(value: unknown): JsonObject {
  const sent = parseJson(JSON.stringify(value));
  if (!isJsonObject(sent)) throw new Error("a Secret is an object");
  return sent;
}

it("an import reads every object of the inventories that agents write, also of split ones", () => {
  const entries = Array.from({ length: 50 }, (_unused, index) => ({
    group: index % 2 === 0 ? "" : "apps",
    kind: index % 2 === 0 ? "ConfigMap" : "Deployment",
    namespace: "shop",
    name: `object-${index}`,
  }));
  const secrets = inventorySecrets({
    inventory: {
      bundle: "team/config-web",
      epoch: "e",
      revision: 3,
      keepResources: false,
      deleteDefinitions: false,
      entries: entries.map((entry, index) => ({ ...entry, uid: `uid-${index}` })),
    },
    fields: {},
    generation: 1,
    namespace: "drover-system",
    maxPartBytes: 200,
  });
  expect(secrets.length).toBeGreaterThan(1);
  const owned = secrets.map(asSent).flatMap(ownedObjects);
  expect(owned).toEqual(entries.map((entry) => ({ bundle: "team/config-web", entry })));
});

it("an inventory that cannot be read stops an import, by its name", () => {
  const metadata = { namespace: "drover-system", name: "drover-inventory-x" };
  for (const data of [{}, { inventory: "AAAA" }])
    expect(() => ownedObjects({ metadata, data })).toThrow("Secret drover-system/drover-inventory-x");
});
