import { expect, it } from "vitest";
import { renderInWorker } from "../../../agent/render-in-worker.ts";
import { hostileInEachWay } from "../../support/hostile-templates.ts";

const bounds = { timeoutMs: 60_000, cpuMs: 500, maxHeapMb: 256 };

/** Renders a chart of one template as the agent does: in a thread of its own, which asks for nothing. */
async function renderTemplate(text: string, within = bounds): Promise<readonly unknown[]> {
  const resources = [
    { name: "Chart.yaml", content: "apiVersion: v2\nname: bomb\nversion: 1.0.0\n" },
    { name: "templates/bomb.yaml", content: text },
  ];
  const facts = { name: "dev", namespace: "fleet-default", labels: {}, annotations: {}, templateValues: {} };
  const input = { bundle: "team/bomb", content: { source: "files" as const, resources }, options: {}, facts };
  const { objects } = await renderInWorker({ input, values: [], lookups: [], scopes: new Map() }, within, () =>
    Promise.reject(new Error("nothing is asked")),
  );
  return objects;
}

const harmless = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

it.each(hostileInEachWay)(
  "the agent's process survives a template that %s, and says what was too much",
  { timeout: 120_000 },
  async (_, text) => {
    await expect(renderTemplate(text)).rejects.toMatchObject({
      name: "AppError",
      code: expect.stringMatching(/^RENDER_/),
      message: expect.stringMatching(/(?:the template|wrote) takes more than \d+ |rendering took more than 256 MB/),
      verdict: "stalled",
    });
    expect(await renderTemplate(harmless)).toHaveLength(1);
  },
);

it("memory that counting does not see is bounded by the thread's heap", { timeout: 60_000 }, async () => {
  const text =
    '{{ $d := dict }}{{ range $i, $_ := until 400000 }}{{ $_ := set $d (printf "key-%d" $i) (list $i) }}{{ end }}';
  await expect(renderTemplate(text, { ...bounds, maxHeapMb: 16 })).rejects.toMatchObject({
    code: "RENDER_LIMIT",
    message: "bundle team/bomb: rendering took more than 16 MB",
  });
  expect(await renderTemplate(harmless)).toHaveLength(1);
});

it("a bundle may be given more or less CPU time, and the error says where it went", { timeout: 60_000 }, async () => {
  const text = '{{ range until 10000 }}\n{{ $_ := genPrivateKey "rsa" }}{{ end }}';
  await expect(renderTemplate(text, { ...bounds, cpuMs: 300 })).rejects.toMatchObject({
    code: "RENDER_LIMIT",
    message: expect.stringMatching(
      /^bundle team\/bomb: template: bomb\/templates\/bomb\.yaml:2:9: executing "bomb\/templates\/bomb\.yaml": the template takes more than 300 ms of CPU time, by estimate$/,
    ),
  });
  expect(await renderTemplate(harmless)).toHaveLength(1);
});

it("a template that runs for too long is ended from outside", { timeout: 60_000 }, async () => {
  const text = '{{ range until 10000 }}{{ $_ := genPrivateKey "rsa" }}{{ end }}';
  await expect(renderTemplate(text, { ...bounds, timeoutMs: 300, cpuMs: 60_000 })).rejects.toMatchObject({
    code: "RENDER_LIMIT",
    message: "bundle team/bomb: rendering took longer than 300 ms",
  });
  expect(await renderTemplate(harmless)).toHaveLength(1);
});
