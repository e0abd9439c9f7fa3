import { describe, expect, it } from "vitest";
import { conditionMessage, deploymentMessage } from "../../../../shared/status/status-message.ts";

const object = { apiVersion: "v1", kind: "ConfigMap", namespace: "shop", name: "web" };

describe("deploymentMessage", () => {
  it("says nothing when the state says all", () => {
    expect(deploymentMessage({ bundle: "w/a", state: "Ready", objectCount: 3 })).toBeUndefined();
  });

  it("puts error, held removals, drift and what is not ready into one line", () => {
    const message = deploymentMessage({
      bundle: "w/a",
      state: "ErrApplied",
      error: { code: "KUBE_INVALID", message: "refused", firstSeen: "", lastSeen: "", count: 1 },
      held: ["3 objects wait for approval"],
      drift: [
        { ...object, type: "missing", fields: [] },
        {
          ...object,
          namespace: "",
          type: "changed",
          fields: [{ path: "/data/a", manager: "kubectl-edit" }, { path: "/data/b" }],
        },
        { ...object, type: "unknown", fields: [], message: "webhook is down" },
      ],
      notReady: [{ ...object, message: "0 of 1" }],
    });
    expect(message).toBe(
      "refused; 3 objects wait for approval; ConfigMap shop/web was deleted; ConfigMap web changed: /data/a by kubectl-edit, /data/b; " +
        "ConfigMap shop/web cannot be compared: webhook is down; ConfigMap shop/web: 0 of 1",
    );
  });
});

describe("deploymentMessage of drift", () => {
  it.each([
    ["was removed", { class: "deleted" as const, desired: 1 }],
    ["was added by x", { class: "added" as const, live: 1, manager: "x" }],
    ["got more entries by x", { class: "added" as const, desired: ["a"], live: ["a", "b"], manager: "x" }],
    ["lost entries by x", { class: "deleted" as const, desired: ["a", "b"], live: ["a"], manager: "x" }],
    ["by x", { class: "by-controller" as const, desired: 1, live: 2, manager: "x" }],
  ])("says that a field %s", (words, field) => {
    const drift = [{ ...object, type: "changed" as const, fields: [{ path: "data.a", ...field }], message: "more" }];
    expect(deploymentMessage({ bundle: "w/a", state: "Modified", drift })).toBe(
      `ConfigMap shop/web changed: data.a ${words} (more)`,
    );
  });
});

describe("deploymentMessage of what cannot be put back", () => {
  it("says why", () => {
    const drift = [{ ...object, type: "changed" as const, fields: [], message: "data: field is immutable" }];
    expect(deploymentMessage({ bundle: "w/a", state: "Modified", drift })).toBe(
      "ConfigMap shop/web changed and cannot be put back in place: data: field is immutable",
    );
  });
});

describe("conditionMessage", () => {
  it("counts each state but Ready, with one example where there is one", () => {
    const entries = [{ name: "w/c1", bundleState: "ErrApplied" as const, message: "why" }];
    const counts = new Map([
      ["ErrApplied" as const, 2],
      ["WaitApplied" as const, 1],
      ["Ready" as const, 5],
      ["Modified" as const, 0],
    ]);
    expect(conditionMessage(counts, entries)).toBe("ErrApplied(2) [w/c1: why]; WaitApplied(1)");
    expect(conditionMessage(new Map([["Ready" as const, 5]]), [])).toBe("");
  });
});
