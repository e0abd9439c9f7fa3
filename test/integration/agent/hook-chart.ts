/** What a hook of a test is. */
export interface TestHook {
  readonly events: string;
  readonly weight?: number;
  readonly policy?: string;
  /** How its pod ends: see `test/kube/stages.yaml`. */
  readonly outcome?: "fail" | "run";
  /** More of the Job's spec. */
  readonly spec?: Readonly<Record<string, unknown>>;
  /** `generateName` instead of the name. */
  readonly generated?: boolean;
}

/** Returns a Job that is a hook, as JSON, which is YAML. */
export function hookJob(name: string, hook: TestHook): string {
  const { events, weight, policy, outcome, spec = {}, generated = false } = hook;
  return JSON.stringify({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      ...(generated ? { generateName: `${name}-` } : { name }),
      annotations: {
        "helm.sh/hook": events,
        ...(weight === undefined ? {} : { "helm.sh/hook-weight": String(weight) }),
        ...(policy === undefined ? {} : { "helm.sh/hook-delete-policy": policy }),
      },
    },
    spec: {
      backoffLimit: 0,
      ...spec,
      template: {
        metadata: outcome === undefined ? {} : { labels: { "rig.drover.dev/outcome": outcome } },
        spec: { restartPolicy: "Never", containers: [{ name: "work", image: "registry.example/work:1" }] },
      },
    },
  });
}

/** Returns a ConfigMap that is a hook. */
export function hookMap(name: string, { events, weight, policy }: TestHook): string {
  const annotations = {
    "helm.sh/hook": events,
    ...(weight === undefined ? {} : { "helm.sh/hook-weight": String(weight) }),
    ...(policy === undefined ? {} : { "helm.sh/hook-delete-policy": policy }),
  };
  return JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, annotations }, data: { a: "b" } });
}

/** Returns the files of a chart with these templates and an object `app` that tells what the release is. */
export function hookChart(version: string, templates: Readonly<Record<string, string>>): Record<string, string> {
  const app = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "app" },
    data: { version, release: "{{ .Release.Revision }} {{ .Release.IsInstall }} {{ .Release.IsUpgrade }}" },
  };
  return {
    "Chart.yaml": `apiVersion: v2\nname: hooked\nversion: ${version}\n`,
    "templates/app.yaml": JSON.stringify(app),
    ...Object.fromEntries(Object.entries(templates).map(([name, text]) => [`templates/${name}.yaml`, text])),
  };
}
