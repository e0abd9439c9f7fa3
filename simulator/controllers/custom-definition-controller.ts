import { isJsonObject } from "../../codec/json-value.ts";
import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import { builtInSchemas } from "../../apiserver/resources/built-in-schemas.ts";
import { customKinds } from "../../apiserver/resources/custom-resource-definitions.ts";
import { fieldAt } from "../../apiserver/resources/json-fields.ts";
import { textOf } from "../../apiserver/resources/json-text.ts";
import type { ResourceRegistry } from "../../apiserver/resources/resource-registry.ts";
import { customCleanupFinalizer } from "../../apiserver/resources/strategies/custom-definition-strategy.ts";
import { resourceKey, type ObjectStore } from "../../apiserver/storage/object-store.ts";
import { itself, nameOf, objectAt, withConditions, type Controller, type ControllerParts } from "./controller.ts";

const resource = "apiextensions.k8s.io/customresourcedefinitions";

/** Where custom kinds are served and stored. */
export interface CustomKindHost {
  readonly registry: ResourceRegistry;
  readonly store: ObjectStore;
}

/** Serves the kinds that CustomResourceDefinitions define, and removes their objects with them. */
export function createCustomDefinitionController(
  parts: ControllerParts,
  { registry, store }: CustomKindHost,
): Controller {
  const { client, clock } = parts;

  /** Which state of a definition is served, by its name. */
  const served = new Map<string, string>();

  function unserve(definition: ApiObject, except: ReadonlySet<string>): void {
    const group = textOf(fieldAt(definition, "spec", "group"));
    const plural = textOf(fieldAt(definition, "spec", "names", "plural"));
    for (const { names } of registry.all()) {
      const isOurs = names.group === group && names.plural === plural && !except.has(names.version);
      if (isOurs) registry.remove(group, names.version, plural);
    }
  }

  function serve(definition: ApiObject): void {
    const { name = "", uid = "", generation = 0 } = definition.metadata;
    if (served.get(name) === `${uid} ${generation}`) return;
    const kinds = customKinds(definition, { store, base: builtInSchemas() });
    unserve(definition, new Set(kinds.map(({ names }) => names.version)));
    registry.add(kinds);
    served.set(name, `${uid} ${generation}`);
  }

  async function remove(definition: ApiObject): Promise<number | undefined> {
    const key = resourceKey(
      textOf(fieldAt(definition, "spec", "group")),
      textOf(fieldAt(definition, "spec", "names", "plural")),
    );
    const { items } = await store.list({ resource: key });
    for (const item of items.filter(({ metadata }) => metadata.deletionTimestamp === undefined)) {
      await client.remove(nameOf(key, item));
    }
    if (items.length > 0) return 50;
    unserve(definition, new Set());
    served.delete(definition.metadata.name ?? "");
    await client.change(nameOf(resource, definition), (live) => {
      const finalizers = (live.metadata.finalizers ?? []).filter((name) => name !== customCleanupFinalizer);
      return { ...live, metadata: { ...live.metadata, finalizers } };
    });
    return undefined;
  }

  return {
    name: "customresourcedefinition",
    watches: { [resource]: itself(resource) },
    reconcile: async (name) => {
      const definition = await client.get(name);
      if (definition === undefined) return undefined;
      if (definition.metadata.deletionTimestamp !== undefined) return remove(definition);
      serve(definition);
      await client.changeStatus(name, (live) => ({
        ...objectAt(live, "status"),
        acceptedNames: objectAt(live, "spec", "names"),
        storedVersions: storedVersions(live),
        conditions: withConditions(
          live,
          [
            { type: "NamesAccepted", status: "True", reason: "NoConflicts", message: "no conflicts found" },
            {
              type: "Established",
              status: "True",
              reason: "InitialNamesAccepted",
              message: "the initial names have been accepted",
            },
          ],
          clock,
        ),
      }));
      return undefined;
    },
  };
}

function storedVersions(definition: ApiObject): readonly string[] {
  const versions = fieldAt(definition, "spec", "versions");
  const before = fieldAt(definition, "status", "storedVersions");
  const storage = (Array.isArray(versions) ? versions.filter(isJsonObject) : [])
    .filter((version) => version["storage"] === true)
    .map((version) => textOf(version["name"]));
  return [...new Set([...(Array.isArray(before) ? before.map(textOf) : []), ...storage])];
}
