import { describe, expect, it } from "vitest";
import {
  type BundlePlanInput,
  mergeFaults,
  newFault,
  planBundles,
} from "../../../../bundler/controllers/plan-bundles.ts";
import { defaultHubBudget } from "../../../../shared/api/removal-budget.ts";
import { AppError } from "../../../../shared/errors.ts";

const named = (...names: readonly string[]): { name: string; directory: string }[] =>
  names.map((name) => ({ name, directory: name }));
const built = (...names: readonly string[]): BundlePlanInput["built"] =>
  named(...names).map((entry) => ({ ...entry, kind: "bundle" as const }));
const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `b${index}`);

function plan(input: Partial<BundlePlanInput>): ReturnType<typeof planBundles> {
  return planBundles({
    gitRepo: "config",
    inForce: [],
    built: [],
    ownerOf: () => undefined,
    approved: false,
    incomplete: false,
    budget: defaultHubBudget,
    ...input,
  });
}

describe("planBundles", () => {
  it("saves what was built and removes what is gone", () => {
    const { save, remove, faults } = plan({ inForce: named("a", "b"), built: built("b", "c") });
    expect([[...save], remove.map(({ name }) => name), faults]).toEqual([["b", "c"], ["a"], []]);
  });

  it("keeps the bundle of a directory that failed, also under a name that it no longer gives", () => {
    const failed = [{ kind: "failed" as const, directory: "a", name: "renamed" }];
    expect(plan({ inForce: named("a"), built: failed }).remove).toEqual([]);
  });

  it("removes nothing while a path could not be searched: what is missing may lie there", () => {
    const { save, remove } = plan({ inForce: named("a", "b"), built: built("b"), approved: true, incomplete: true });
    expect([[...save], remove]).toEqual([["b"], []]);
  });

  it("leaves a name to whoever holds it, and says who", () => {
    const owners = new Map(Object.entries({ mine: "config", theirs: "other", hand: "" }));
    const { save, faults } = plan({
      built: built("mine", "theirs", "hand", "free"),
      ownerOf: (name) => owners.get(name),
    });
    expect([...save]).toEqual(["mine", "free"]);
    expect(faults.map(({ code, message }) => [code, message.slice(0, 40)])).toEqual([
      ["BUNDLE_NAME_TAKEN", "bundle theirs: GitRepo other has one und"],
      ["BUNDLE_NAME_TAKEN", "bundle hand: somebody made one by hand u"],
    ]);
  });

  it("removes nothing when a commit leaves no bundle at all", () => {
    const { remove, faults } = plan({ inForce: named("a", "b"), approved: true });
    expect([remove, faults[0]?.code, faults[0]?.message]).toEqual([
      [],
      "NO_BUNDLES",
      expect.stringContaining("2 bundles"),
    ]);
  });

  it.each([
    { name: "removes nine of ten", before: 10, after: 1, approved: false, removed: 9 },
    { name: "removes ten of forty: a quarter", before: 40, after: 30, approved: false, removed: 10 },
    { name: "holds ten of thirty: a third", before: 30, after: 20, approved: false, removed: 0 },
    { name: "removes ten of thirty when approved", before: 30, after: 20, approved: true, removed: 10 },
  ])("$name", ({ before, after, approved, removed }) => {
    const made = plan({ inForce: named(...many(before)), built: built(...many(after)), approved });
    expect(made.remove).toHaveLength(removed);
    expect(made.save.size).toBe(after);
    expect(made.faults.map(({ code }) => code)).toEqual(removed === 0 ? ["REMOVAL_HELD"] : []);
  });

  it("goes by the budget that it is given", () => {
    const commit = { inForce: named(...many(30)), built: built(...many(20)) };
    expect(plan({ ...commit, budget: { bundlesPercent: 34, bundlesAtLeast: 10 } }).remove).toHaveLength(10);
    expect(plan({ ...commit, budget: { bundlesPercent: 30, bundlesAtLeast: 11 } }).remove).toHaveLength(10);
    const one = { inForce: named("a", "b"), built: built("b"), budget: { bundlesPercent: 0, bundlesAtLeast: 0 } };
    expect(plan(one).faults).toMatchObject([{ code: "REMOVAL_HELD" }]);
    expect(plan({ ...one, built: built("a", "b") }).faults).toEqual([]);
  });
});

describe("mergeFaults", () => {
  it("counts a fault on that was there before, and forgets those that are not there any more", () => {
    const fault = newFault(new AppError("MANIFEST_INVALID", "first", { position: { file: "a.yaml", line: 3 } }), "a");
    const [first] = mergeFaults([], [fault], "t1");
    expect(first).toMatchObject({ directory: "a", file: "a.yaml", line: 3, firstSeen: "t1", lastSeen: "t1", count: 1 });
    const before = first === undefined ? [] : [first];
    const [second, ...more] = mergeFaults(before, [{ ...fault, message: "second" }], "t2");
    expect([second, more]).toMatchObject([{ message: "second", firstSeen: "t1", lastSeen: "t2", count: 2 }, []]);
    expect(mergeFaults(before, [{ ...fault, directory: "b" }], "t2")[0]?.count).toBe(1);
    expect(mergeFaults(before, [], "t3")).toEqual([]);
  });
});
