import type { Step } from "./server-pair.ts";

const labels = { app: "web" };
const container = { name: "web", image: "web:1" };

function deployment(pod: object): Step["body"] {
  const spec = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "faulty" }, spec };
}

function service(spec: object): Step["body"] {
  return { apiVersion: "v1", kind: "Service", metadata: { name: "faulty" }, spec };
}

function step(name: string, kind: "deployments" | "services", body: Step["body"]): Step {
  const root = kind === "services" ? "/api/v1" : "/apis/apps/v1";
  return { name, path: `${root}/namespaces/NS/${kind}?dryRun=All`, method: "POST", body };
}

/** What manifests most often get wrong. */
export const faultSteps: readonly Step[] = [
  step("a service has a port that is none", "services", service({ ports: [{ port: 99_999_999 }] })),
  step("a service has no port", "services", service({ selector: labels })),
  step("a service has ports without names", "services", service({ ports: [{ port: 80 }, { port: 81 }] })),
  step("a service has an unknown type", "services", service({ type: "Other", ports: [{ port: 80 }] })),
  step("a container has no image", "deployments", deployment({ containers: [{ name: "web" }] })),
  step("a container has no name", "deployments", deployment({ containers: [{ image: "web:1" }] })),
  step(
    "a container's name is not allowed",
    "deployments",
    deployment({ containers: [{ ...container, name: "Web_1" }] }),
  ),
  step("two containers have one name", "deployments", deployment({ containers: [container, container] })),
  step("there are no containers", "deployments", deployment({ containers: [] })),
  step(
    "a container's port is none",
    "deployments",
    deployment({ containers: [{ ...container, ports: [{ containerPort: 70_000 }] }] }),
  ),
  step(
    "a pull policy is unknown",
    "deployments",
    deployment({ containers: [{ ...container, imagePullPolicy: "Sometimes" }] }),
  ),
  step(
    "a deployment would not restart",
    "deployments",
    deployment({ restartPolicy: "Never", containers: [container] }),
  ),
  step(
    "a mount has no volume",
    "deployments",
    deployment({ containers: [{ ...container, volumeMounts: [{ name: "v", mountPath: "/v" }] }] }),
  ),
  step(
    "a mount has no path",
    "deployments",
    deployment({
      volumes: [{ name: "v", emptyDir: {} }],
      containers: [{ ...container, volumeMounts: [{ name: "v" }] }],
    }),
  ),
  step("a variable has no name", "deployments", deployment({ containers: [{ ...container, env: [{ value: "x" }] }] })),
  step(
    "a quantity is none",
    "deployments",
    deployment({ containers: [{ ...container, resources: { limits: { cpu: "lots" } } }] }),
  ),
];
