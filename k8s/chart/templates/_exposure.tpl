{{/*
Refuses values that open an app's gRPC to the outside without mutual TLS: gRPC knows no caller yet, so whoever reaches
the port may call everything. Read from the configuration as the app reads it, since `config` lies above `tls.grpc`.
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
{{- fail (printf "%s opens gRPC to the outside, where it knows no caller: whoever reaches the port may call everything. Set tls.grpc.secret and tls.grpc.clientCertificate: required (and nothing else in config.grpc.tls), or leave gRPC inside and let clients come to the gateway." $way) -}}
{{- end -}}
{{- range .workload.env -}}
{{- if contains "GRPC__TLS" (upper .name) -}}
{{- fail (printf "workloads.%s.env sets %s beside %s: an environment variable lies above tls.grpc, which must require client certificates of gRPC that is open to the outside. Leave the variable out." $.app .name $way) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Whether the gRPC of an app asks its clients for certificates: none, optional or required. Takes { root, app }. */}}
{{- define "ganymede.clientCertificate" -}}
{{- $config := include "ganymede.localConfig" .root | fromYaml -}}
{{- $shared := dig "grpc" "tls" dict $config | default dict -}}
{{- $own := dig "apps" .app "grpc" "tls" dict $config | default dict -}}
{{- $tls := mustMergeOverwrite dict (deepCopy $shared) (deepCopy $own) -}}
{{- get $tls "client_certificate" | default "none" -}}
{{- end -}}
