import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { JsonObject } from "../../../../codec/json-value.ts";
import type { DeploymentOptions } from "../../../../shared/api/deployment-options.ts";
import { compileTargets } from "../../../../shared/targeting/match-targets.ts";
import { mergeOptions, mergeTargetOptions, mergeValues } from "../../../../shared/targeting/merge-options.ts";

describe("mergeOptions", () => {
  it("takes empty text for no namespace at all", () => {
    const spec = { namespace: "", defaultNamespace: "b", targets: [{ name: "all", clusterSelector: {} }] };
    const outcome = compileTargets(spec)({ name: "a", namespace: "ws", labels: {}, groups: [] });
    if (outcome === undefined) throw new Error("no target");
    expect(mergeOptions(spec, outcome)).toEqual({ defaultNamespace: "b" });
  });
});

describe("mergeTargetOptions", () => {
  it.each<{ name: string; base: DeploymentOptions; custom: DeploymentOptions; merged: DeploymentOptions }>([
    { name: "replaces namespaces", base: { namespace: "a" }, custom: { namespace: "b" }, merged: { namespace: "b" } },
    {
      name: "keeps what custom leaves empty",
      base: { namespace: "a" },
      custom: { namespace: "" },
      merged: { namespace: "a" },
    },
    {
      name: "takes - literally",
      base: { serviceAccount: "a" },
      custom: { serviceAccount: "-" },
      merged: { serviceAccount: "-" },
    },
    {
      name: "cannot switch a flag off",
      base: { helm: { force: true } },
      custom: { helm: { force: false, atomic: true } },
      merged: { helm: { force: true, atomic: true } },
    },
    {
      name: "resets the timeout with a negative one",
      base: { helm: { timeoutSeconds: 30 } },
      custom: { helm: { timeoutSeconds: -1 } },
      merged: { helm: { timeoutSeconds: 0 } },
    },
    {
      name: "keeps the timeout with 0",
      base: { helm: { timeoutSeconds: 30 } },
      custom: { helm: { timeoutSeconds: 0 } },
      merged: { helm: { timeoutSeconds: 30 } },
    },
    {
      name: "merges values deeply, lists as a whole, null as a value",
      base: { helm: { values: { a: { b: 1, c: 2 }, list: [1, 2] } } },
      custom: { helm: { values: { a: { b: null }, list: [3] } } },
      merged: { helm: { values: { a: { b: null, c: 2 }, list: [3] } } },
    },
    {
      name: "merges templateValues by key",
      base: { helm: { templateValues: { a: "1", b: "1" } } },
      custom: { helm: { templateValues: { b: "2" } } },
      merged: { helm: { templateValues: { a: "1", b: "2" } } },
    },
    {
      name: "merges valuesFrom by object and key",
      base: { helm: { valuesFrom: [{ secretKeyRef: { name: "s" } }] } },
      custom: { helm: { valuesFrom: [{ configMapKeyRef: { name: "c" } }, { secretKeyRef: { name: "s" } }] } },
      merged: { helm: { valuesFrom: [{ secretKeyRef: { name: "s" } }, { configMapKeyRef: { name: "c" } }] } },
    },
    {
      name: "replaces a comparePatches entry of the same object in place",
      base: { diff: { comparePatches: [{ kind: "A", jsonPointers: ["/x"] }, { kind: "B" }] } },
      custom: { diff: { comparePatches: [{ kind: "C" }, { kind: "A", jsonPointers: ["/y"] }] } },
      merged: { diff: { comparePatches: [{ kind: "A", jsonPointers: ["/y"] }, { kind: "B" }, { kind: "C" }] } },
    },
    {
      name: "replaces the rule for health of a kind, and adds others",
      base: {
        healthCheckExprs: [
          { apiVersion: "a/v1", kind: "A", current: "true" },
          { apiVersion: "a/v1", kind: "B" },
        ],
      },
      custom: {
        healthCheckExprs: [
          { apiVersion: "a/v1", kind: "C" },
          { apiVersion: "a/v1", kind: "A", current: "false" },
        ],
      },
      merged: {
        healthCheckExprs: [
          { apiVersion: "a/v1", kind: "A", current: "false" },
          { apiVersion: "a/v1", kind: "B" },
          { apiVersion: "a/v1", kind: "C" },
        ],
      },
    },
    {
      name: "replaces only the last of equal comparePatches, by the first of the custom ones",
      base: { diff: { comparePatches: [{ kind: "A" }, { kind: "A", jsonPointers: ["/x"] }] } },
      custom: {
        diff: {
          comparePatches: [
            { kind: "A", jsonPointers: ["/1"] },
            { kind: "A", jsonPointers: ["/2"] },
          ],
        },
      },
      merged: { diff: { comparePatches: [{ kind: "A" }, { kind: "A", jsonPointers: ["/1"] }] } },
    },
    {
      name: "appends overlays",
      base: { yaml: { overlays: ["a"] } },
      custom: { yaml: { overlays: ["b", "a"] } },
      merged: { yaml: { overlays: ["a", "b", "a"] } },
    },
    {
      name: "replaces correctDrift as a whole, even by an empty one",
      base: { correctDrift: { enabled: true } },
      custom: { correctDrift: {} },
      merged: { correctDrift: {} },
    },
    {
      name: "leaves fields of a customization out that do not count",
      base: { createNamespace: true },
      custom: {
        createNamespace: false,
        ignore: { conditions: [{ type: "X" }] },
        deleteNamespace: true,
        deleteCRDResources: true,
        helm: { maxHistory: 9, skipSchemaValidation: true, valuesFiles: ["x"] },
      },
      merged: { createNamespace: true, helm: {} },
    },
    {
      name: "merges downstream resources by kind, whatever its case, and name",
      base: { downstreamResources: [{ kind: "Secret", name: "a" }] },
      custom: {
        downstreamResources: [
          { kind: "secret", name: "a" },
          { kind: "ConfigMap", name: "a" },
        ],
      },
      merged: {
        downstreamResources: [
          { kind: "secret", name: "a" },
          { kind: "ConfigMap", name: "a" },
        ],
      },
    },
  ])("$name", ({ base, custom, merged }) => {
    expect(mergeTargetOptions(base, custom)).toEqual(merged);
  });
});

describe("mergeOptions", () => {
  it("resets a timeout in AllMatches mode only within the customizations, as Fleet does", () => {
    const spec = {
      helm: { timeoutSeconds: 30 },
      targets: [
        { name: "c", clusterSelector: {}, helm: { timeoutSeconds: -1 } },
        { name: "all", clusterSelector: {} },
      ],
      targetRestrictions: [{ name: "all", clusterSelector: {} }],
    };
    const cluster = { name: "a", namespace: "ws", labels: {}, groups: [] };
    const timeout = (mode: string): number | undefined => {
      const bundle = { ...spec, targetCustomizationMode: mode };
      const outcome = compileTargets(bundle)(cluster);
      return outcome === undefined ? undefined : mergeOptions(bundle, outcome).helm?.timeoutSeconds;
    };
    expect([timeout("FirstMatch"), timeout("AllMatches")]).toEqual([0, 30]);
  });

  it("puts namespace labels of every target on every cluster, as Fleet does", () => {
    const spec = {
      namespaceLabels: { base: "1" },
      targets: [
        { name: "a", namespaceLabels: { a: "1" } },
        { name: "b", namespaceLabels: { a: "2" } },
      ],
    };
    const outcome = { target: "a", customizations: [], doNotDeploy: false, optionsKey: "+", layers: [] };
    expect(mergeOptions(spec, outcome)).toEqual({ namespaceLabels: { base: "1", a: "2" } });
  });
});

const anyValues: fc.Arbitrary<JsonObject> = fc.letrec<{ map: JsonObject; value: JsonObject[string] }>((tie) => ({
  map: fc.dictionary(fc.constantFrom("a", "b", "c", "__proto__"), tie("value"), { maxKeys: 3 }),
  value: fc.oneof({ depthSize: "small" }, fc.constantFrom(null, 1, "x", false), fc.constant([1, 2]), tie("map")),
})).map;

describe("merged values", () => {
  it("stay the same when nothing is laid over them, and under everything", () => {
    fc.assert(
      fc.property(anyValues, (values) => {
        expect(mergeValues(values, {})).toEqual(values);
        expect(mergeValues({}, values)).toEqual(values);
        expect(mergeValues(values, values)).toEqual(values);
      }),
      { seed: 3 },
    );
  });

  it("do not depend on how layers are grouped where all are maps of scalars", () => {
    const flat = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.constantFrom(1, 2, null));
    fc.assert(
      fc.property(flat, flat, flat, (a, b, c) => {
        expect(mergeValues(mergeValues(a, b), c)).toEqual(mergeValues(a, mergeValues(b, c)));
      }),
      { seed: 4 },
    );
  });

  it("never reach into the prototype", () => {
    const hostile: JsonObject = JSON.parse('{"__proto__": {"polluted": true}}');
    const merged = mergeValues({ a: 1 }, hostile);
    expect(Object.hasOwn(merged, "__proto__")).toBe(true);
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
  });
});
