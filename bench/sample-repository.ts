import { spawn } from "node:child_process";
import { once } from "node:events";

/** Returns the files of one bundle directory: a fleet.yaml with a customization, a Deployment and a Service. */
export function sampleBundle(index: number): Readonly<Record<string, string>> {
  const app = `app-${index}`;
  return {
    "fleet.yaml": `defaultNamespace: ${app}\nlabels:\n  team: t${index % 50}\ntargetCustomizations:\n- name: prod\n  clusterSelector:\n    matchLabels:\n      env: prod\n  yaml:\n    overlays: [prod]\n`,
    "deployment.yaml": `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${app}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: ${app}}}\n  template:\n    metadata: {labels: {app: ${app}}}\n    spec:\n      containers:\n      - name: main\n        image: registry.example/app:${index}\n        ports: [{containerPort: 80}]\n`,
    "service.yaml": `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${app}\nspec:\n  selector: {app: ${app}}\n  ports: [{port: 80}]\n`,
  };
}

/** Commits files to `main` of a bare repository without a work tree; `base` keeps what the commit before has. */
export async function importFiles(
  bare: string,
  files: Readonly<Record<string, string>>,
  base: "on-top" | "fresh",
): Promise<void> {
  const child = spawn("git", ["-C", bare, "fast-import", "--quiet", "--force"], {
    stdio: ["pipe", "inherit", "inherit"],
  });
  const from = base === "on-top" ? "from refs/heads/main^0\n" : "";
  const entries = Object.entries(files).map(
    ([path, text]) => `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`,
  );
  child.stdin.end(
    `commit refs/heads/main\ncommitter Bench <bench@example.com> 1700000000 +0000\ndata 1\nx\n${from}${entries.join("")}`,
  );
  const [status] = await once(child, "close");
  if (status !== 0) throw new Error(`git fast-import exited with ${String(status)}`);
}

/** Returns a repository of that many bundle directories, 50 teams, as files. */
export function sampleFiles(count: number): Record<string, string> {
  const files: Record<string, string> = {};
  for (let index = 0; index < count; index += 1) {
    for (const [name, text] of Object.entries(sampleBundle(index)))
      files[`apps/team${index % 50}/app${index}/${name}`] = text;
  }
  return files;
}
