import { printGoYaml } from "../codec/print-go-yaml.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../codec/json-value.ts";
import type { ChartFile } from "../helm/chart/chart.ts";

/** The partials that `helm create` writes, as most charts have them. */
const helpers = `
{{- define "app.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- define "app.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}
{{- define "app.chart" -}}
{{- printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- define "app.labels" -}}
helm.sh/chart: {{ include "app.chart" . }}
{{ include "app.selectorLabels" . }}
{{- if .Chart.AppVersion }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}
{{- define "app.selectorLabels" -}}
app.kubernetes.io/name: {{ include "app.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "app.image" -}}
{{- $registry := .image.registry -}}
{{- if .global }}{{- if .global.imageRegistry }}{{- $registry = .global.imageRegistry -}}{{- end -}}{{- end -}}
{{- printf "%s/%s:%s" $registry .image.repository (.image.tag | toString) -}}
{{- end }}
{{- define "app.render" -}}
{{- $value := typeIs "string" .value | ternary .value (.value | toYaml) }}
{{- if contains "{{" $value }}
{{- tpl $value .context }}
{{- else }}
{{- $value }}
{{- end }}
{{- end }}
`;

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "app.fullname" . }}
  labels:
    {{- include "app.labels" . | nindent 4 }}
spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ .Values.replicaCount }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "app.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      {{- with .Values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      labels:
        {{- include "app.labels" . | nindent 8 }}
    spec:
      containers:
        - name: {{ .Chart.Name }}
          image: {{ include "app.image" (dict "image" .Values.image "global" .Values.global) | quote }}
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          {{- if .Values.env }}
          env:
            {{- range $name, $value := .Values.env }}
            - name: {{ $name | upper | replace "." "_" }}
              value: {{ $value | quote }}
            {{- end }}
          {{- end }}
          ports:
            {{- range .Values.ports }}
            - name: {{ .name }}
              containerPort: {{ int .port }}
              protocol: {{ .protocol | default "TCP" }}
            {{- end }}
          resources:
            {{- toYaml .Values.resources | nindent 12 }}
      {{- with .Values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
`;

const service = `
apiVersion: v1
kind: Service
metadata:
  name: {{ include "app.fullname" . }}
  labels:
    {{- include "app.labels" . | nindent 4 }}
spec:
  type: {{ .Values.service.type }}
  ports:
    {{- range .Values.ports }}
    - port: {{ int .port }}
      targetPort: {{ .name }}
      protocol: {{ .protocol | default "TCP" }}
      name: {{ .name }}
    {{- end }}
  selector:
    {{- include "app.selectorLabels" . | nindent 4 }}
`;

const config = `
{{- if semverCompare ">=1.19-0" .Capabilities.KubeVersion.Version }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ printf "%s-config" (include "app.fullname" .) }}
  labels: {{- include "app.labels" . | nindent 4 }}
  annotations:
    checksum/values: {{ toJson .Values.env | sha256sum }}
data:
  {{- range $key, $value := .Values.env }}
  {{ $key }}: {{ tpl ($value | toString) $ | quote }}
  {{- end }}
{{- end }}
`;

const ingress = `
{{- if .Values.ingress.enabled }}
{{- $fullName := include "app.fullname" . }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ $fullName }}
  labels: {{- include "app.labels" . | nindent 4 }}
  {{- $annotations := merge (dict "team" (.Values.team | default "none")) .Values.ingress.annotations }}
  annotations: {{- include "app.render" (dict "value" $annotations "context" $) | nindent 4 }}
spec:
  rules:
    {{- range .Values.ingress.hosts }}
    - host: {{ tpl .host $ | quote }}
      http:
        paths:
          {{- range .paths }}
          - path: {{ . }}
            pathType: Prefix
            backend:
              service:
                name: {{ $fullName }}
                port:
                  name: {{ (first $.Values.ports).name }}
          {{- end }}
    {{- end }}
{{- end }}
`;

const account = `
{{- with .Values.serviceAccount }}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .name | default (include "app.fullname" $) }}
  labels: {{- include "app.labels" $ | nindent 4 }}
  {{- with .annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: {{ ne .automount false }}
{{- end }}
`;

/** Returns the files of a chart: its partials and a number of templates, each an ordinary object. */
export function sampleChart(templates: number): ChartFile[] {
  const kinds = [deployment, service, config, ingress, account];
  const objects = Array.from({ length: templates }, (_, index) => ({
    name: `templates/object-${index}.yaml`,
    text: `# object ${index}${kinds[index % kinds.length] ?? ""}`,
  }));
  const files = [
    { name: "Chart.yaml", text: "apiVersion: v2\nname: app\nversion: 1.0.0\nappVersion: 1.4.2\n" },
    { name: "values.yaml", text: printGoYaml(sampleValues) },
    { name: "templates/_helpers.tpl", text: helpers },
    ...objects,
  ];
  return files.map(({ name, text }) => ({ name, data: Buffer.from(text) }));
}

/** Values for the sample chart, as they stand in its values file. */
const sampleValues = {
  replicaCount: 2,
  global: {},
  image: { registry: "registry.example.com", repository: "team/app", tag: "1.4.2", pullPolicy: "IfNotPresent" },
  podAnnotations: { "prometheus.io/scrape": "true", "prometheus.io/port": "9090" },
  autoscaling: { enabled: false },
  env: { LOG_LEVEL: "info", "feature.flags": "a,b", URL: "http://{{ .Release.Name }}.svc", WORKERS: 4 },
  ports: [
    { name: "http", port: 8080 },
    { name: "metrics", port: 9090, protocol: "TCP" },
  ],
  resources: { limits: { cpu: "500m", memory: "256Mi" }, requests: { cpu: "100m", memory: "128Mi" } },
  nodeSelector: { "kubernetes.io/os": "linux" },
  service: { type: "ClusterIP" },
  serviceAccount: { automount: true, annotations: { "example.com/role": "app" } },
  ingress: {
    enabled: true,
    annotations: { "example.com/cluster": "{{ .Release.Name }}", "example.com/size": "8m" },
    hosts: [{ host: "{{ .Release.Name }}.example.com", paths: ["/", "/api"] }],
  },
};

/** Returns what a cluster sets of the sample chart's values: size, image, name, host and resources. */
export function clusterValues(cluster: number): JsonObject {
  const name = `cluster-${cluster}`;
  return {
    replicaCount: 1 + (cluster % 9),
    global: { cluster: name },
    image: { tag: `1.4.${cluster}` },
    env: { CLUSTER: name },
    resources: { requests: { cpu: `${100 + cluster}m` } },
    ingress: { hosts: [{ host: `${name}.example.com`, paths: ["/", "/api"] }] },
  };
}

/** Returns the sample chart's values with each text and each number another. */
export function otherValues(set: number): JsonValue {
  return changed(sampleValues, set);
}

function changed(value: JsonValue, set: number): JsonValue {
  if (typeof value === "string") return `${value}-${set}`;
  if (typeof value === "number") return value + set;
  if (Array.isArray(value)) return value.map((item) => changed(item, set));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, changed(member, set)]));
}
