import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { printJson } from "../../codec/print-json.ts";
import { compileSelector, type Labels } from "../../shared/targeting/match-selector.ts";
import { printStep } from "./diff-deployments.ts";
import type { OfflineFault } from "./fault-document.ts";
import type { RenderedDeployment } from "./render-all.ts";
import type { ObjectExpectation, RepositoryTest } from "./test-file.ts";

/** What a repository means for some clusters. */
export interface RenderedWorld {
  readonly clusters: readonly { readonly name: string; readonly labels: Labels }[];
  readonly rendered: readonly RenderedDeployment[];
  readonly faults: readonly OfflineFault[];
}

/** What came of one test; no failures means that it passed. */
export interface TestResult {
  readonly name: string;
  readonly clusters: readonly string[];
  readonly failures: readonly string[];
}

/** Returns the result of each test, in their order. */
export function checkTests(tests: readonly RepositoryTest[], world: RenderedWorld): TestResult[] {
  return tests.map((test) => {
    const clusters = clustersOf(test, world);
    const unknown = (test.clusters ?? []).filter((name) => !world.clusters.some((cluster) => cluster.name === name));
    const failures = [
      ...unknown.map((name) => `the clusters file has no cluster ${name}`),
      ...(clusters.length === 0 && unknown.length === 0 ? ["no cluster matches: the test checks nothing"] : []),
      ...clusters.flatMap((cluster) => checkCluster(test, cluster, world).map((problem) => `${cluster}: ${problem}`)),
    ];
    return { name: test.name, clusters, failures };
  });
}

/** Returns the faults that no test expects. */
export function unexpectedFaults(tests: readonly RepositoryTest[], world: RenderedWorld): OfflineFault[] {
  return world.faults.filter(
    (fault) =>
      !tests.some((test) => {
        const words = fault.bundle === undefined ? undefined : test.fails?.[fault.bundle];
        if (words === undefined || !fault.error.message.includes(words)) return false;
        return fault.cluster === undefined || clustersOf(test, world).includes(fault.cluster);
      }),
  );
}

function clustersOf({ clusters, clusterSelector }: RepositoryTest, world: RenderedWorld): string[] {
  const matches = clusterSelector === undefined ? () => true : compileSelector(clusterSelector);
  return world.clusters
    .filter(({ name, labels }) => (clusters === undefined || clusters.includes(name)) && matches(labels))
    .map(({ name }) => name);
}

function checkCluster(test: RepositoryTest, cluster: string, { rendered, faults }: RenderedWorld): string[] {
  const own = rendered.filter((deployment) => deployment.cluster === cluster);
  const problems: string[] = [];
  if (test.bundles !== undefined) problems.push(...checkBundles(test.bundles, own));
  const objects = own.flatMap((deployment) => deployment.objects);
  for (const expectation of test.objects ?? []) problems.push(...checkObject(expectation, objects));
  for (const [bundle, words] of Object.entries(test.fails ?? {})) {
    const found = faults.filter((fault) => fault.bundle === bundle && (fault.cluster ?? cluster) === cluster);
    if (found.length === 0) problems.push(`bundle ${bundle} does not fail`);
    else if (!found.some(({ error }) => error.message.includes(words)))
      problems.push(`bundle ${bundle} fails with other words: ${found[0]?.error.message ?? ""}`);
  }
  return problems;
}

function checkBundles(wanted: readonly string[], own: readonly RenderedDeployment[]): string[] {
  const names = own.map(({ bundle }) => bundle);
  return [
    ...wanted.filter((name) => !names.includes(name)).map((name) => `bundle ${name} is not deployed`),
    ...names.filter((name) => !wanted.includes(name)).map((name) => `bundle ${name} is deployed`),
  ];
}

function checkObject(expectation: ObjectExpectation, objects: readonly JsonObject[]): string[] {
  const { object, namespace, has, absent } = expectation;
  const shown = namespace === undefined ? object : `${object} in namespace ${namespace}`;
  const found = objects.filter((candidate) => isNamed(candidate, expectation));
  if (absent === true) return found.length === 0 ? [] : [`there is ${shown}`];
  if (found.length === 0) return [`there is no ${shown}`];
  if (has === undefined) return [];
  const differences = found.map((candidate) => missing(has, candidate, ""));
  if (differences.some((list) => list.length === 0)) return [];
  return (differences[0] ?? []).map((problem) => `${shown}: ${problem}`);
}

function isNamed(candidate: JsonObject, { object, namespace }: ObjectExpectation): boolean {
  const slash = object.indexOf("/");
  const metadata = isJsonObject(candidate["metadata"]) ? candidate["metadata"] : {};
  if (candidate["kind"] !== object.slice(0, slash) || metadata["name"] !== object.slice(slash + 1)) return false;
  return namespace === undefined || metadata["namespace"] === namespace;
}

/** What of `wanted` a value lacks or has otherwise, one line for each field. */
function missing(wanted: JsonValue, value: JsonValue | undefined, path: string): string[] {
  if (isJsonObject(wanted) && isJsonObject(value)) {
    return Object.entries(wanted).flatMap(([key, field]) => {
      const step = path + printStep(key, path === "");
      return field === undefined ? [] : missing(field, value[key], step);
    });
  }
  if (isList(wanted) && isList(value) && wanted.length === value.length)
    return wanted.flatMap((item, index) => missing(item, value[index], `${path}[${index}]`));
  if (value !== undefined && printJson(wanted) === printJson(value)) return [];
  return [`${path} is ${value === undefined ? "not there" : printJson(value)}, expected ${printJson(wanted)}`];
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
