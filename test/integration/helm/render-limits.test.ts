import { describe, expect, it } from "vitest";
import { ChartError } from "../../../helm/chart/chart-error.ts";
import { loadChart } from "../../../helm/chart/load-chart.ts";
import { renderChart } from "../../../helm/chart/render-chart.ts";
import { threadCpuMs } from "../../../helm/template/run-cost.ts";
import { TemplateLimitError } from "../../../helm/template/template-error.ts";
import { hostileInEachWay, hostileTemplates } from "../../support/hostile-templates.ts";

/** What a render may take by default, and what its last call may add, which nothing can interrupt. */
const capMs = 2000;
const lastCallMs = 600;

function render(files: Readonly<Record<string, string>>, cpuMs?: number): void {
  const all = { "Chart.yaml": "apiVersion: v2\nname: bomb\nversion: 1.0.0\n", ...files };
  renderChart({
    chart: loadChart(Object.entries(all).map(([name, text]) => ({ name, data: Buffer.from(text) }))),
    values: [],
    release: { name: "x", namespace: "default", revision: 1, isUpgrade: false },
    ...(cpuMs === undefined ? {} : { execute: { limits: { cpuMs } } }),
  });
}

/** Returns the failure of a render, and the CPU time that it took. */
function failureOf(files: Readonly<Record<string, string>>, cpuMs?: number): { error: ChartError; tookMs: number } {
  const startMs = threadCpuMs();
  try {
    render(files, cpuMs);
  } catch (error) {
    if (error instanceof ChartError) return { error, tookMs: threadCpuMs() - startMs };
    throw error;
  }
  throw new Error("the chart was rendered");
}

/** One template for each way to end runs for all the time that there is by default, the others for a quarter of it. */
const withTimes = hostileTemplates.map(
  ([what, text]) => [what, text, hostileInEachWay.some(([way]) => way === what) ? capMs : capMs / 4] as const,
);

describe("a hostile chart ends within the CPU time of a render", () => {
  it.each(withTimes)("whose template %s", { timeout: 60_000 }, (_, text, cpuMs) => {
    const { error, tookMs } = failureOf({ "templates/bomb.yaml": text }, cpuMs === capMs ? undefined : cpuMs);
    expect(error.cause).toBeInstanceOf(TemplateLimitError);
    expect(error.message).toMatch(
      /^(?:template: bomb\/templates\/bomb\.yaml:1:\d+: executing "bomb\/templates\/bomb\.yaml": the template|reading what bomb\/templates\/bomb\.yaml wrote) takes more than \d+ /,
    );
    expect(tookMs).toBeLessThan(cpuMs + lastCallMs);
  });

  it("whose schema refers to itself twice at each of many levels", { timeout: 60_000 }, () => {
    const levels = Array.from({ length: 60 }, (_, level) => {
      const next = { $ref: `#/definitions/l${level + 1}` };
      return [`l${level}`, { allOf: [next, next] }] as const;
    });
    const definitions = { ...Object.fromEntries(levels), l60: {} };
    const { error, tookMs } = failureOf({
      "values.schema.json": JSON.stringify({ allOf: [{ $ref: "#/definitions/l0" }], definitions }),
    });
    expect(error.message).toMatch(/^the check of values by values\.schema\.json takes more than \d+ (?:steps|ms)/);
    expect(tookMs).toBeLessThan(capMs + lastCallMs);
  });
});

describe("the CPU time of a render", () => {
  it("can be set, and the next render is not short of what the last one took", { timeout: 60_000 }, () => {
    const text = "{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}";
    expect(failureOf({ "templates/bomb.yaml": text }, 50).error.message).toMatch(
      /^template: bomb\/templates\/bomb\.yaml:1:\d+: .*takes more than 50 ms of CPU time$/,
    );
    expect(() => render({ "templates/a.yaml": "{{ range until 1000 }}{{ end }}" })).not.toThrow();
  });

  it("counts a key as its mean time, so that bad luck with primes fails no chart", { timeout: 60_000 }, () => {
    const text = '{{ $_ := genPrivateKey "rsa" }}';
    // A key of 4096 bits counts as 480 ms, whatever it takes.
    expect(() => render({ "templates/a.yaml": text }, 1100)).not.toThrow();
    expect(failureOf({ "templates/bomb.yaml": text }, 450).error.message).toMatch(
      /takes more than 450 ms of CPU time, by estimate$/,
    );
  });

  it("must be left twice for keys beyond half of it", { timeout: 60_000 }, () => {
    const text = '{{ range until 100 }}{{ $_ := genPrivateKey "dsa" }}{{ end }}';
    const { error, tookMs } = failureOf({ "templates/bomb.yaml": text }, 600);
    expect(error.message).toMatch(/takes more than 600 ms of CPU time, by estimate$/);
    expect(tookMs).toBeLessThan(600 + lastCallMs);
  });

  it("is that of templates that write more than can be read", { timeout: 60_000 }, () => {
    const text = "{{ range until 200000 }}- {a: 1, b: [2, 3]}\n{{ end }}";
    expect(failureOf({ "templates/bomb.yaml": text }, 1000).error.message).toBe(
      "reading what bomb/templates/bomb.yaml wrote takes more than 1000 ms of CPU time, by estimate",
    );
  });
});
