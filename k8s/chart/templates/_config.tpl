{{/*
The configuration from the values, plus settings that only the chart can compute: the addresses of the apps, and the
paths of mounted certificates. It becomes local.yaml, which overrides config/default.yaml and config/production.yaml.
*/}}
{{- define "ganymede.localConfig" -}}
{{- $upstreams := dict -}}
{{- range $app := list "grpc-server" "cron-server" "worker" -}}
{{- $port := include "ganymede.port" (dict "root" $ "app" $app "transport" "grpc") -}}
{{- $address := printf "dns:///%s.%s.svc:%s" (include "ganymede.peers" (dict "root" $ "app" $app)) $.Release.Namespace $port -}}
{{- $upstream := dict "address" $address -}}
{{- if $.Values.tls.grpc.secret -}}
{{- $_ := set $upstream "tls" (dict "ca_file" "/run/tls/grpc/ca.crt" "cert_file" "/run/tls/grpc/tls.crt" "key_file" "/run/tls/grpc/tls.key") -}}
{{- end -}}
{{- $_ := set $upstreams (replace "-" "_" $app) $upstream -}}
{{- end -}}
{{- $own := dict "upstreams" $upstreams -}}
{{- if .Values.tls.grpc.secret -}}
{{- $tls := dict "cert_file" "/run/tls/grpc/tls.crt" "key_file" "/run/tls/grpc/tls.key" "ca_file" "/run/tls/grpc/ca.crt" "client_certificate" .Values.tls.grpc.clientCertificate -}}
{{- $_ := set $own "grpc" (dict "tls" $tls) -}}
{{- end -}}
{{- toYaml (mustMergeOverwrite $own (deepCopy .Values.config)) -}}
{{- end -}}

{{/* The complete configuration as YAML; ports and times are read from here. */}}
{{- define "ganymede.config" -}}
{{- $default := .Files.Get "files/config/default.yaml" | fromYaml -}}
{{- $production := .Files.Get "files/config/production.yaml" | fromYaml -}}
{{- toYaml (mustMergeOverwrite $default $production (deepCopy .Values.config)) -}}
{{- end -}}

{{/* The port on which an app listens. Takes { root, app, transport: http|grpc|management }. */}}
{{- define "ganymede.port" -}}
{{- $config := include "ganymede.config" .root | fromYaml -}}
{{- dig "apps" .app .transport "port" "" $config | required (printf "The configuration has no apps.%s.%s.port." .app .transport) | int -}}
{{- end -}}

{{/* The transport of an app: HTTP for the gateway, gRPC for the others. */}}
{{- define "ganymede.transport" -}}
{{ ternary "http" "grpc" (eq .app "gateway") }}
{{- end -}}

{{/* Whole seconds of a duration such as 25s, 500ms, 1m, 1h; rounded up. */}}
{{- define "ganymede.seconds" -}}
{{- if hasSuffix "ms" . -}}
{{- divf (trimSuffix "ms" . | float64) 1000 | ceil | int -}}
{{- else if hasSuffix "d" . -}}
{{- mulf (trimSuffix "d" . | float64) 86400 | ceil | int -}}
{{- else if hasSuffix "h" . -}}
{{- mulf (trimSuffix "h" . | float64) 3600 | ceil | int -}}
{{- else if hasSuffix "m" . -}}
{{- mulf (trimSuffix "m" . | float64) 60 | ceil | int -}}
{{- else -}}
{{- trimSuffix "s" . | float64 | ceil | int -}}
{{- end -}}
{{- end -}}

{{/* The longest duration of a stop, in seconds: the preStop sleep plus the longest shutdown of the app. */}}
{{- define "ganymede.gracePeriod" -}}
{{- $config := include "ganymede.config" . | fromYaml -}}
{{- $shutdown := include "ganymede.seconds" ($config.lifecycle.shutdown_timeout | toString) | int -}}
{{- add $shutdown .Values.preStopSeconds 5 -}}
{{- end -}}

{{/* The longest duration of a start, in seconds; it includes the wait for needed servers. */}}
{{- define "ganymede.startSeconds" -}}
{{- $config := include "ganymede.config" . | fromYaml -}}
{{- add (include "ganymede.seconds" (dig "lifecycle" "start_timeout" "60s" $config | toString) | int) 30 -}}
{{- end -}}

{{/*
Returns a text if a workload has a mail relay, else nothing: from the secret mail-url, the configuration or its
environment. Takes { root, workload }.
*/}}
{{- define "ganymede.hasRelay" -}}
{{- $config := include "ganymede.config" .root | fromYaml -}}
{{- $secret := get .root.Values.secrets "mail-url" | default dict -}}
{{- if or (and $secret.name (has "mail-url" .workload.secrets)) (dig "mail" "url" "" $config) -}}
yes
{{- else -}}
{{- range .workload.env -}}
{{- if hasPrefix "APP__MAIL__URL" .name -}}
yes
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
