{{/*
Rejects values that expose an app's gRPC port outside the cluster without mutual TLS: gRPC does not authenticate callers
otherwise, so every client that reaches the port may call everything. It checks the merged configuration, like the app,
because `config` overrides `tls.grpc`.
Takes { root, app, workload }.
*/}}
{{- define "ganymede.refuseOpenGrpc" -}}
{{- $way := "" -}}
{{- if .workload.exposed -}}
{{- $way = printf "workloads.%s.exposed: true" .app -}}
{{- else if ne .workload.service.type "ClusterIP" -}}
{{- $way = printf "workloads.%s.service.type: %s" .app .workload.service.type -}}
{{- end -}}
{{- if and $way (eq (include "ganymede.transport" (dict "app" .app)) "grpc") -}}
{{- if ne (include "ganymede.clientCertificate" (dict "root" .root "app" .app)) "required" -}}
{{- fail (printf "%s opens gRPC to the outside, where callers are not authenticated: every client that reaches the port may call everything. Set tls.grpc.secret and tls.grpc.clientCertificate: required (and nothing else in config.grpc.tls), or keep gRPC internal and let clients use the gateway." $way) -}}
{{- end -}}
{{- range .workload.env -}}
{{- if contains "GRPC__TLS" (upper .name) -}}
{{- fail (printf "workloads.%s.env sets %s beside %s: an environment variable overrides tls.grpc, which must require client certificates when gRPC is open to the outside. Leave the variable out." $.app .name $way) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Whether an app's gRPC port requests client certificates: none, optional or required. Takes { root, app }. */}}
{{- define "ganymede.clientCertificate" -}}
{{- $config := include "ganymede.localConfig" .root | fromYaml -}}
{{- $shared := dig "grpc" "tls" dict $config | default dict -}}
{{- $own := dig "apps" .app "grpc" "tls" dict $config | default dict -}}
{{- $tls := mustMergeOverwrite dict (deepCopy $shared) (deepCopy $own) -}}
{{- get $tls "client_certificate" | default "none" -}}
{{- end -}}
