import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { missingPrograms, reasonMissing } from "../../support/missing-programs.ts";
import { partIsThere } from "../../support/missing-parts.ts";
import { runDroverHelm, runRealHelm } from "./run-helm.ts";

const isThere = partIsThere("helm", reasonMissing(await missingPrograms(["helm"])));
const folder = join(import.meta.dirname, "../../fixtures/charts");

/** Words of a call below the folder of charts. */
type Words = readonly string[];

/** Every chart with its own values, and with each file of its `ci/`. */
function plainCalls(): Words[] {
  return readdirSync(folder).flatMap((chart) => {
    const files = readdirSync(join(folder, chart, "ci"));
    return [["rel", chart], ...files.map((file) => ["rel", chart, "-f", `${chart}/ci/${file}`])];
  });
}

const flagCalls: readonly Words[] = [
  ["plain"],
  ["rel", "plain", "--namespace", "other", "--include-crds"],
  ["rel", "plain", "-n", "x", "--no-hooks"],
  ["rel", "plain", "--skip-tests", "--is-upgrade"],
  ["rel", "plain", "--kube-version", "1.29", "--api-versions", "x.example/v1/Tea,y/v1", "-a", "z/v1"],
  ["rel", "plain", "--kube-version", "v1.30.4-gke.12+x"],
  ["rel", "plain", "--kube-version", "1.19.3"],
  ["rel", "plain", "--kube-version", "nonsense"],
  ["rel", "plain", "-s", "templates/deployment.yaml"],
  ["rel", "plain", "-s", "templates/*.yaml", "--show-only", "templates/tests/test.yaml"],
  ["rel", "plain", "-s", "templates/none.yaml"],
  ["rel", "plain", "--set", "replicas=7,labels.x=1,args={p,q},image.tag=v1"],
  ["rel", "plain", "--set", "args[2]=third,labels.nested.deep=a\\,b,port=null"],
  ["rel", "plain", "--set", "labels.a=01,labels.b=0,labels.c=-5,labels.d=1.5,labels.e=TRUE,labels.f="],
  ["rel", "plain", "--set-string", "replicas=7,labels.n=null", "--set", "big=12345678"],
  ["rel", "plain", "--set-json", 'labels={"a":[1,2.5,{"b":null}]}', "--set-json", '{"port":9,"image":{"tag":"j"}}'],
  ["rel", "plain", "--set-json", "labels.x=[1,2],labels.y=,port=1"],
  ["rel", "plain", "--set-literal", "text=a,b=c\\d"],
  ["rel", "plain", "--set-file", "text=plain/conf/app.ini"],
  ["rel", "plain", "--set", "args[0].name=x,args[1].list[2]=y"],
  ["rel", "plain", "-f", "plain/ci/nulls-values.yaml,plain/ci/types-values.yaml", "--set", "hooks=true"],
  ["rel", "plain", "--set", "noequals"],
  ["rel", "plain", "--set", "a,b=1"],
  ["rel", "plain", "--set", "args={a,b"],
  ["rel", "plain", "--set", "args[x]=1"],
  ["rel", "plain", "--set-json", "labels={bad"],
  ["Upper", "plain"],
  ["a-name-that-is-longer-than-any-release-may-be-called-by-helm", "plain"],
  ["rel", "tree", "--set", "db.enabled=maybe"],
  ["rel", "tree", "--set", "db=text"],
  ["rel", "tree", "--include-crds"],
  ["rel", "tree/charts/lib"],
  ["rel", "tree/charts/packed-2.0.0.tgz", "--include-crds"],
  ["rel", "schema", "--set", "replicas=0", "--skip-schema-validation"],
  ["rel", "schema", "--set", "replicas=0"],
];

describe.skipIf(!isThere)("drover helm show", () => {
  it.each(["all", "chart", "values", "readme", "crds"])("prints what helm prints of every chart: %s", async (part) => {
    for (const chart of [...readdirSync(folder), "tree/charts/packed-2.0.0.tgz"]) {
      const call = ["show", part, chart];
      expect(await runDroverHelm(call, folder)).toEqual(await runRealHelm(call, folder));
    }
  });
});

describe.skipIf(!isThere)("drover helm template", () => {
  it.each(readdirSync(folder))("compares more than failures: helm takes %s", async (chart) => {
    expect((await runRealHelm(["template", "rel", chart], folder)).fault).toBe("");
  });

  it.each([...plainCalls(), ...flagCalls].map((words) => ({ name: words.join(" "), words })))(
    "prints what helm prints, or fails with its words: $name",
    async ({ words }) => {
      const call = ["template", ...words];
      const [ours, theirs] = await Promise.all([runDroverHelm(call, folder), runRealHelm(call, folder)]);
      expect(ours).toEqual(theirs);
    },
  );
});
