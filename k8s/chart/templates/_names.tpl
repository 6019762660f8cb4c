{{/* The prefix of every resource name of this release. */}}
{{- define "ganymede.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* The selector labels of an app's pods. Takes { root, app }. */}}
{{- define "ganymede.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .app }}
{{- end -}}

{{/* The labels of a resource. Takes { root, app }. */}}
{{- define "ganymede.labels" -}}
{{ include "ganymede.selector" . }}
app.kubernetes.io/part-of: ganymede
app.kubernetes.io/version: {{ include "ganymede.version" .root | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* The version that runs: image.tag, or by default the appVersion. */}}
{{- define "ganymede.version" -}}
{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{/* The image of an app. Takes { root, app } and, for a canary, tag. */}}
{{- define "ganymede.image" -}}
{{- $image := .root.Values.image -}}
{{- $digest := get $image.digests .app -}}
{{- $name := printf "%s/%s%s" $image.registry $image.prefix .app -}}
{{- if and $digest (not .tag) -}}
{{ printf "%s@%s" $name $digest }}
{{- else -}}
{{ printf "%s:%s" $name (.tag | default (include "ganymede.version" .root)) }}
{{- end -}}
{{- end -}}

{{/* The host name under which other pods reach an app. Takes { root, app }. */}}
{{- define "ganymede.peers" -}}
{{ include "ganymede.fullname" .root }}-{{ .app }}-peers
{{- end -}}
