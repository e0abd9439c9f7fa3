/** A repository whose bundle `web` is a chart with partials, `tpl`, loops, a subchart under an alias and values of each kind. */
export const chartFiles: Readonly<Record<string, string>> = {
  "repo/web/common.yaml": `# for all clusters
resources:
  limits:
    memory: 64Mi
    cpu: 250m
`,
  "repo/web/fleet.yaml": `defaultNamespace: shop
helm:
  chart: chart
  releaseName: front
  valuesFiles: [common.yaml]
  values:
    image:
      tag: "2.0"
    region: \${ .ClusterLabels.env }
    global:
      registry: registry.example
targetCustomizations:
- name: prod
  clusterSelector: { matchLabels: { env: prod } }
  namespace: shop-prod
  helm:
    values:
      replicas: 3
`,
  "repo/web/chart/Chart.yaml": `apiVersion: v2
name: web
version: 1.2.3
appVersion: "9.9"
dependencies:
- name: database
  alias: db
  version: 0.1.0
`,
  "repo/web/chart/values.yaml": `replicas: 1
image:
  repository: nginx
  tag: ""
resources: {}
motd: "Welcome to {{ .Release.Name }} in {{ .Values.region }}"
hosts: [a.example, b.example]
ports:
  http: { port: 80 }
  https: { port: 443 }
db:
  size: 10Gi
`,
  "repo/web/chart/charts/database/Chart.yaml": `apiVersion: v2
name: database
version: 0.1.0
`,
  "repo/web/chart/charts/database/values.yaml": `size: 1Gi
engine: postgres
`,
  "repo/web/chart/charts/database/templates/pvc.yaml": `apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .Release.Name }}-data
  annotations:
    engine: {{ .Values.engine }}
    registry: {{ .Values.global.registry }}
spec:
  resources:
    requests:
      storage: {{ .Values.size }}
`,
  "repo/web/chart/templates/_helpers.tpl": `{{- define "web.name" -}}
{{ .Release.Name }}-{{ .Chart.Name }}
{{- end }}

{{- define "web.labels" -}}
app: {{ include "web.name" . }}
version: {{ .Chart.AppVersion | quote }}
tier: front
{{- end }}
`,
  "repo/web/chart/templates/deployment.yaml": `{{- $name := include "web.name" . }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $name }}
  labels:
    {{- include "web.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  template:
    spec:
      containers:
      - name: web
        image: "{{ .Values.global.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
        {{- with .Values.resources }}
        resources:
          {{- toYaml . | nindent 10 }}
        {{- end }}
        env:
        - name: MOTD
          value: {{ tpl .Values.motd . | quote }}
        {{- range $index, $host := .Values.hosts }}
        - name: HOST_{{ $index }}
          value: {{ $host }}
        {{- end }}
        ports:
        {{- range $name, $port := .Values.ports }}
        - name: {{ $name }}
          containerPort: {{ $port.port }}
        {{- end }}
`,
};
