{{/* The security context of every container. */}}
{{- define "ganymede.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: { drop: [ALL] }
{{- end -}}

{{- define "ganymede.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{/* The environment of an app. Takes { root, app, workload, version }. */}}
{{- define "ganymede.env" -}}
- { name: NODE_ENV, value: production }
- { name: APP_ENV, value: production }
- { name: APP_VERSION, value: {{ .version | quote }} }
- { name: CONFIG_DIR, value: /etc/ganymede }
{{- if .root.Values.developmentServers.enabled }}
- { name: APP_ALLOW_KNOWN_CREDENTIALS, value: 'true' }
{{- end }}
{{- if .root.Values.tls.authority.secret }}
- { name: NODE_EXTRA_CA_CERTS, value: /run/tls/authority/ca.crt }
{{- end }}
{{- range .workload.secrets }}
{{- $secret := get $.root.Values.secrets . | required (printf "workloads.%s.secrets names %s, which secrets does not have." $.app .) }}
{{- if $secret.name }}
- { name: {{ $secret.variable }}_FILE, value: /run/secrets/ganymede/{{ . }} }
{{- end }}
{{- end }}
{{- with .workload.env }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The mounts of an app. Takes { root }. Only owner and group may read the files: 288 is 0440, which YAML 1.1 and 1.2 read differently. */}}
{{- define "ganymede.mounts" -}}
- { name: config, mountPath: /etc/ganymede, readOnly: true }
- { name: secrets, mountPath: /run/secrets/ganymede, readOnly: true }
- { name: tmp, mountPath: /tmp }
{{- if .root.Values.tls.grpc.secret }}
- { name: tls-grpc, mountPath: /run/tls/grpc, readOnly: true }
{{- end }}
{{- if .root.Values.tls.authority.secret }}
- { name: tls-authority, mountPath: /run/tls/authority, readOnly: true }
{{- end }}
{{- end -}}

{{/* Takes { root, app, workload, configMap }. */}}
{{- define "ganymede.volumes" -}}
- name: config
  configMap: { name: {{ .configMap }} }
- name: secrets
  projected:
    defaultMode: 288
    sources:
      {{- $none := true }}
      {{- range .workload.secrets }}
      {{- $secret := get $.root.Values.secrets . }}
      {{- if $secret.name }}
      {{- $none = false }}
      - secret:
          name: {{ $secret.name }}
          items: [{ key: {{ $secret.key }}, path: {{ . }} }]
      {{- end }}
      {{- end }}
      {{- if $none }} []
      {{- end }}
- name: tmp
  emptyDir: { sizeLimit: {{ .root.Values.tmpSize }} }
{{- if .root.Values.tls.grpc.secret }}
- name: tls-grpc
  secret: { secretName: {{ .root.Values.tls.grpc.secret }}, defaultMode: 288 }
{{- end }}
{{- if .root.Values.tls.authority.secret }}
- name: tls-authority
  secret: { secretName: {{ .root.Values.tls.authority.secret }}, defaultMode: 288 }
{{- end }}
{{- end -}}

{{/* A pod of an app. Takes { root, app, workload, track, tag }. */}}
{{- define "ganymede.pod" -}}
{{- $transport := include "ganymede.transport" . -}}
{{- $version := .tag | default (include "ganymede.version" .root) -}}
metadata:
  labels:
    {{- include "ganymede.selector" . | nindent 4 }}
    app.kubernetes.io/part-of: ganymede
    app.kubernetes.io/version: {{ $version | quote }}
    ganymede/track: {{ .track }}
    {{- with .workload.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    {{- if .root.Values.metrics.annotations }}
    prometheus.io/scrape: 'true'
    prometheus.io/port: {{ include "ganymede.port" (dict "root" .root "app" .app "transport" "management") | quote }}
    prometheus.io/path: /metrics
    {{- end }}
    {{- if .root.Values.restartOnConfigChange }}
    checksum/config: {{ include "ganymede.config" .root | sha256sum }}
    {{- end }}
    {{- with .workload.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "ganymede.fullname" .root }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ include "ganymede.gracePeriod" .root }}
  securityContext:
    {{- include "ganymede.podSecurity" . | nindent 4 }}
  {{- with .root.Values.image.pullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .workload.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- if and .root.Values.developmentServers.enabled (has .app .root.Values.migrations.apps) }}
  # Hooks run before the servers of this profile exist.
  initContainers:
    - name: migrate
      image: {{ include "ganymede.image" . }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      args: [migrate]
      securityContext:
        {{- include "ganymede.containerSecurity" . | nindent 8 }}
      env:
        {{- include "ganymede.env" (dict "root" .root "app" .app "workload" .workload "version" $version) | nindent 8 }}
      resources:
        {{- toYaml .root.Values.migrations.resources | nindent 8 }}
      volumeMounts:
        {{- include "ganymede.mounts" . | nindent 8 }}
  {{- end }}
  containers:
    - name: {{ .app }}
      image: {{ include "ganymede.image" . }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      securityContext:
        {{- include "ganymede.containerSecurity" . | nindent 8 }}
      env:
        {{- include "ganymede.env" (dict "root" .root "app" .app "workload" .workload "version" $version) | nindent 8 }}
      ports:
        - { name: {{ $transport }}, containerPort: {{ include "ganymede.port" (dict "root" .root "app" .app "transport" $transport) }} }
        - { name: management, containerPort: {{ include "ganymede.port" (dict "root" .root "app" .app "transport" "management") }} }
      {{- $start := include "ganymede.startSeconds" .root | int }}
      startupProbe:
        httpGet: { path: /livez, port: management }
        periodSeconds: 2
        failureThreshold: {{ div $start 2 }}
      livenessProbe:
        httpGet: { path: /livez, port: management }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        {{- if and (eq $transport "grpc") .workload.grpcProbe (not .root.Values.tls.grpc.secret) }}
        grpc: { port: {{ include "ganymede.port" (dict "root" .root "app" .app "transport" "grpc") }} }
        {{- else }}
        httpGet: { path: /readyz, port: management }
        {{- end }}
        periodSeconds: 2
        timeoutSeconds: 3
        failureThreshold: 1
      {{- if gt (int .root.Values.preStopSeconds) 0 }}
      lifecycle:
        preStop:
          sleep: { seconds: {{ .root.Values.preStopSeconds }} }
      {{- end }}
      resources:
        {{- toYaml .workload.resources | nindent 8 }}
      volumeMounts:
        {{- include "ganymede.mounts" . | nindent 8 }}
  volumes:
    {{- include "ganymede.volumes" (dict "root" .root "app" .app "workload" .workload "configMap" (printf "%s-config" (include "ganymede.fullname" .root))) | nindent 4 }}
  topologySpreadConstraints:
    {{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
    - maxSkew: 1
      topologyKey: {{ $key }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "ganymede.selector" $ | nindent 10 }}
    {{- end }}
  affinity:
    podAntiAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
        - weight: 100
          podAffinityTerm:
            topologyKey: kubernetes.io/hostname
            labelSelector:
              matchLabels:
                {{- include "ganymede.selector" . | nindent 16 }}
    {{- with .workload.affinity }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .workload.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .workload.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* The enabled apps, in the order of the values. */}}
{{- define "ganymede.apps" -}}
{{- range $app, $workload := .Values.workloads }}{{ if $workload.enabled }}{{ $app }} {{ end }}{{ end -}}
{{- end -}}
