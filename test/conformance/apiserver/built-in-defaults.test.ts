import { afterAll, beforeAll, expect, it } from "vitest";
import { trackUpdate } from "../../../apiserver/apply/track-update.ts";
import { isApiObject, type ApiObject } from "../../../apiserver/resources/api-object.ts";
import { applyBuiltInDefaults } from "../../../apiserver/resources/built-in-defaults/apply-built-in-defaults.ts";
import { builtInResources } from "../../../apiserver/resources/built-in-resources.ts";
import { builtInSchemas } from "../../../apiserver/resources/built-in-schemas.ts";
import { withoutFields } from "../../../apiserver/resources/json-fields.ts";
import { resetFieldsFor } from "../../../apiserver/resources/reset-fields.ts";
import type { JsonValue } from "../../../codec/json-value.ts";
import { createTestNamespace, describeWithKube, sharedCluster, type TestNamespace } from "../../support/kube.ts";
import { defaultedObjects, type DefaultedObject } from "./defaulted-objects.ts";

let cluster: Awaited<ReturnType<typeof sharedCluster>>;
let namespace: TestNamespace;

beforeAll(async () => {
  cluster = await sharedCluster();
  namespace = await createTestNamespace(cluster, "defaults");
});

afterAll(async () => {
  await namespace[Symbol.asyncDispose]();
  cluster[Symbol.dispose]();
});

const assigned = ["creationTimestamp", "generation", "resourceVersion", "uid"];

interface Created {
  readonly real: ApiObject;
  readonly ours: ApiObject;
}

/** Creates an object for show on the server and with our functions. */
async function createBoth({ apiVersion, kind, ...fields }: DefaultedObject): Promise<Created> {
  const [version = "", group = ""] = apiVersion.split("/").toReversed();
  const resource = builtInResources().find(
    (found) => found.kind === kind && found.group === group && found.version === version,
  );
  const schema = builtInSchemas().forKind(group, version, kind);
  if (resource === undefined || schema === undefined) throw new Error(`${kind} is no built-in kind`);
  const scope = resource.namespaced ? { namespace: namespace.name } : {};
  const object: ApiObject = { apiVersion, kind, ...fields, metadata: { name: "shown", ...fields.metadata, ...scope } };
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const collection = `${root}${resource.namespaced ? `/namespaces/${namespace.name}` : ""}/${resource.plural}`;
  const answer = await cluster.request(`${collection}?dryRun=All&fieldManager=m`, { method: "POST", body: object });
  const real: JsonValue = JSON.parse(answer.text);
  if (answer.status !== 201 || !isApiObject(real)) throw new Error(`${kind}: ${answer.text}`);
  const resetFields = resetFieldsFor({
    group,
    plural: resource.plural,
    subresource: "",
    hasStatus: true,
    builtIn: true,
  });
  const time = real.metadata.managedFields?.[0]?.time ?? "2026-01-01T00:00:00Z";
  const updated = applyBuiltInDefaults(object, schema);
  return { real, ours: trackUpdate({ updated, manager: "m", schema, time, resetFields }) };
}

function comparable(object: ApiObject): ApiObject {
  return { ...object, metadata: withoutFields(object.metadata, ...assigned) };
}

describeWithKube("defaults of built-in kinds", () => {
  it.each(defaultedObjects.map((object, index) => ({ object, title: `${object.kind} (${index + 1})` })))(
    "of a $title are those of kube-apiserver",
    async ({ object }) => {
      const { real, ours } = await createBoth(object);
      expect(comparable(ours)).toEqual(comparable(real));
    },
  );
});
