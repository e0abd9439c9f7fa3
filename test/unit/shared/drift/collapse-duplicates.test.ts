import { describe, expect, test } from "vitest";
import { collapseDuplicates } from "../../../../shared/drift/collapse-duplicates.ts";

function aDeployment(podSpec: object) {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "apps" },
    spec: { replicas: 9_007_199_254_740_993n, template: { spec: podSpec } },
  };
}

describe("collapseDuplicates", () => {
  test("keeps the last of variables and ports of the same name, says which, and leaves the rest", () => {
    const object = aDeployment({
      containers: [
        {
          name: "app",
          env: [{ name: "A", value: "1" }, { name: "B" }, { name: "A", value: "2" }],
          ports: [
            { containerPort: 80 },
            { containerPort: 80, protocol: "TCP", name: "web" },
            { containerPort: 80, protocol: "UDP" },
          ],
        },
      ],
      imagePullSecrets: [{ name: "x" }, { name: "x" }],
    });
    const collapsed = collapseDuplicates(object);
    expect(collapsed.object).toEqual(
      aDeployment({
        containers: [
          {
            name: "app",
            env: [{ name: "B" }, { name: "A", value: "2" }],
            ports: [
              { containerPort: 80, protocol: "TCP", name: "web" },
              { containerPort: 80, protocol: "UDP" },
            ],
          },
        ],
        imagePullSecrets: [{ name: "x" }],
      }),
    );
    expect(collapsed.warnings).toEqual([
      "Deployment apps/web: imagePullSecrets: x stands more than once; the last one counts",
      "Deployment apps/web: container app: env: A stands more than once; the last one counts",
      "Deployment apps/web: container app: ports: 80/TCP stands more than once; the last one counts",
    ]);
  });

  test("gives back the very object where nothing stands twice, or the kind is another one", () => {
    const object = aDeployment({ containers: [{ name: "app", env: [{ name: "A" }, "odd"] }] });
    expect(collapseDuplicates(object).object).toBe(object);
    const other = { ...object, apiVersion: "apps.example.com/v1" };
    expect(collapseDuplicates(other).object).toBe(other);
  });
});
