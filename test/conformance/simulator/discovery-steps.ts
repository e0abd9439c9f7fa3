import type { Step } from "./server-pair.ts";

/** Documents about what is served; each group that the simulator serves fully. */
export const discoverySteps: readonly Step[] = [
  ...["apps", "batch", "networking.k8s.io", "policy", "rbac.authorization.k8s.io", "storage.k8s.io"].flatMap(
    (group): readonly Step[] => [
      { name: `the group ${group} is described`, path: `/apis/${group}` },
      // The hash of what etcd stores is for storage migration.
      {
        name: `the resources of ${group} are described`,
        path: `/apis/${group}/v1`,
        ignore: ["resources[].storageVersionHash"],
      },
    ],
  ),
  { name: "a path leads nowhere", path: "/apis/nope.example.com/v1" },
  { name: "the server is asked whether it lives", path: "/livez" },
  { name: "the server is asked whether it is ready", path: "/readyz" },
];
