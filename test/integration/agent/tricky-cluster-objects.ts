const readPods = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];

/** Returns cluster-wide objects, and one of a kind that they define, in which servers and controllers fill in something. */
export function trickyClusterObjects(suffix: string): Record<string, unknown>[] {
  const group = `${suffix}.example.com`;
  const rbac = "rbac.authorization.k8s.io";
  return [
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRole",
      metadata: { name: `part-${suffix}`, labels: { part: suffix } },
      rules: readPods,
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRole",
      metadata: { name: `whole-${suffix}` },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: suffix } }] },
      rules: [],
    },
    {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: `bound-${suffix}` },
      provisioner: "kubernetes.io/no-provisioner",
    },
    {
      apiVersion: "scheduling.k8s.io/v1",
      kind: "PriorityClass",
      metadata: { name: `high-${suffix}` },
      value: 1000,
      globalDefault: false,
    },
    {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `things.${group}`, creationTimestamp: null },
      spec: {
        group,
        scope: "Namespaced",
        names: { kind: "Thing", plural: "things" },
        versions: [
          {
            name: "v1",
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: "object",
                properties: {
                  spec: {
                    type: "object",
                    properties: {
                      size: { type: "integer", default: 3 },
                      mode: { type: "string" },
                      tags: { type: "array", items: { type: "string" } },
                    },
                  },
                },
              },
            },
          },
        ],
      },
      status: { acceptedNames: { kind: "", plural: "" }, conditions: [], storedVersions: [] },
    },
    { apiVersion: `${group}/v1`, kind: "Thing", metadata: { name: "thing" }, spec: { mode: "", tags: [] } },
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name: `checks-${suffix}` },
      webhooks: [
        {
          name: "check.example.com",
          failurePolicy: "Ignore",
          sideEffects: "None",
          admissionReviewVersions: ["v1"],
          clientConfig: { caBundle: "Cg==", service: { name: "web", namespace: suffix } },
          rules: [{ apiGroups: [group], apiVersions: ["v1"], operations: ["CREATE"], resources: ["none"] }],
        },
      ],
    },
  ];
}
