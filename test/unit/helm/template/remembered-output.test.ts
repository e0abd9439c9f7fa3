import { expect, test } from "vitest";
import { helmFunctions } from "../../../../helm/functions/registry.ts";
import { compileTemplates, startRun } from "../../../../helm/template/compile-template.ts";
import type { GoMap } from "../../../../helm/template/go-value.ts";

const partials = `
{{- define "name" }}{{ .Values.name }}{{ end }}
{{- define "labels" }}app: {{ include "name" . }}{{ end }}
{{- define "file" }}{{ .Template.Name }}{{ end }}
{{- define "within" }}{{ include "file" . }}{{ end }}
{{- define "whole" }}{{ get . "kind" }}{{ end }}
{{- define "dice" }}{{ randAlphaNum 20 }}{{ end }}
{{- define "count" }}{{ $_ := set .Values "count" (add .Values.count 1) }}{{ end }}
{{- define "text" }}{{ tpl .Values.text . }}{{ end -}}
`;

/** Renders texts as files of one release, one after the other; each sees its own name as `.Template.Name`. */
function renderFiles(texts: readonly string[], values: GoMap): string[] {
  const files = texts.map((text, index) => ({ name: `file-${index}`, text }));
  const set = compileTemplates([{ name: "partials", text: partials }, ...files], {
    functions: helmFunctions,
    missingKey: "zero",
  });
  const run = startRun(set);
  const data: GoMap = new Map([["Values", values]]);
  return files.map(({ name }) => {
    data.set("Template", new Map([["Name", name]]));
    return run.execute(name, data);
  });
}

test("a change of the values between two includes is seen", () => {
  const text = '{{ include "labels" . }} {{ $_ := set .Values "name" "b" }}{{ include "labels" . }}';
  expect(renderFiles([text], new Map([["name", "a"]]))).toEqual(["app: a app: b"]);
});

test("a change by one file is seen by the next", () => {
  const texts = ['{{ include "labels" . }}{{ $_ := unset .Values "name" }}', '{{ template "labels" . }}'];
  expect(renderFiles(texts, new Map([["name", "a"]]))).toEqual(["app: a", "app: <no value>"]);
});

test("what shows the name of the file is written anew for each file", () => {
  const text = '{{ include "file" . }} {{ include "within" . }} {{ template "file" . }}';
  expect(renderFiles([text, text], new Map())).toEqual(["file-0 file-0 file-0", "file-1 file-1 file-1"]);
});

test("the same partial for other data is another text", () => {
  const text = '{{ include "whole" (dict "kind" "a") }}{{ include "whole" (dict "kind" "b") }}';
  expect(renderFiles([text], new Map())).toEqual(["ab"]);
});

test("random functions draw each time, changes are made each time, texts of values are run each time", () => {
  const text =
    '{{ ne (include "dice" .) (include "dice" .) }} {{ include "count" . }}{{ include "count" . }}{{ .Values.count }} ' +
    '{{ include "text" . }}{{ include "text" . }}';
  const values: GoMap = new Map<string, number | string>([
    ["count", 0],
    ["text", "{{ .Template.Name }}"],
  ]);
  expect(renderFiles([text, text], values)).toEqual(["true 2 file-0file-0", "true 4 file-1file-1"]);
});

test("a partial of the same data is run once", () => {
  const text = '{{ include "labels" . }}{{ include "labels" . }}';
  const values: GoMap = new Map([["name", "a"]]);
  const many = Array.from({ length: 200 }, () => text);
  const set = compileTemplates(
    [
      { name: "partials", text: partials },
      { name: "all", text: many.join("") },
    ],
    { functions: helmFunctions, missingKey: "zero" },
  );
  const data: GoMap = new Map([["Values", values]]);
  // An include takes two steps, and three more when what is in it runs: 400 would be 2,000.
  const run = startRun(set, { limits: { steps: 1200 } });
  expect(run.execute("all", data)).toBe("app: a".repeat(400));
});
