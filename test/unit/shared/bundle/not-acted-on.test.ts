import { describe, expect, it } from "vitest";
import { deploymentOptionsSchema } from "../../../../shared/api/deployment-options.ts";
import { fleetYamlSchema } from "../../../../shared/api/fleet-yaml.ts";
import { gitRepoSpecSchema } from "../../../../shared/api/git-repo.ts";
import { laterFields, notActedOn, notActedOnStatus } from "../../../../shared/bundle/not-acted-on.ts";

describe("notActedOn", () => {
  it("names what is set at the top, in targets and in customizations", () => {
    const spec = {
      rolloutStrategy: { maxUnavailable: 1 },
      helm: { maxHistory: 5, atomic: true, chart: "web" },
      targets: [{ name: "a" }, { helm: { maxHistory: 3 } }],
      targetCustomizations: [{ downstreamResources: [{ kind: "Secret", name: "x" }] }],
    };
    expect(notActedOn("Bundle", spec).map(({ path }) => path)).toEqual([
      ["rolloutStrategy"],
      ["helm", "maxHistory"],
      ["targets", 1, "helm", "maxHistory"],
      ["targetCustomizations", 0, "downstreamResources"],
    ]);
  });

  it("leaves out what has the meaning of its absence", () => {
    const spec = { deleteNamespace: false, helm: { maxHistory: 0 }, rolloutStrategy: {}, downstreamResources: [] };
    expect(notActedOn("Bundle", spec)).toEqual([]);
    expect(notActedOnStatus("Bundle", spec)).toEqual({});
  });

  it("says in the status of a GitRepo what happens instead", () => {
    expect(notActedOnStatus("GitRepo", { imageScanCommit: { authorName: "a", authorEmail: "b" } })).toEqual({
      notActedOn: [{ field: "imageScanCommit", instead: "nothing is committed" }],
    });
  });

  it.each([
    ["Bundle", [fleetYamlSchema, deploymentOptionsSchema]],
    ["GitRepo", [gitRepoSpecSchema]],
  ] as const)("knows only fields that a %s has", (kind, schemas) => {
    const roots = schemas.flatMap((schema) => Object.keys(schema.shape));
    for (const { field } of laterFields[kind]) expect(roots).toContain(field.split(".")[0]);
  });
});
