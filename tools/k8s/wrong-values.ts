/** With required client certificates, which is the default. */
const MUTUAL_TLS = 'tls.grpc.secret=ganymede-grpc-tls';
const OPEN = 'opens gRPC to the outside';

/** Values that the chart must reject, one of each kind, and the text that its message must contain. */
export const wrongValues: Readonly<Record<string, string>> = {
  'image.tag=1': 'got number, want string',
  'image.pullPolicy=Sometimes': "one of 'Always', 'IfNotPresent', 'Never'",
  'image.digests.gateway=sha256:abc': '/image/digests/gateway',
  'imgae.tag=v1': "'imgae' not allowed",
  'workloads.gatway.replicas=2': "'gatway' not allowed",
  'workloads.gateway.replicas=-1': 'minimum: got -1, want 0',
  'workloads.gateway.resources.requests.memory=lots': "'lots' does not match pattern",
  'workloads.worker.canary.weight=120': 'maximum: got 120, want 100',
  'workloads.worker.env[0].nam=x': "missing property 'name'",
  'workloads.worker.network.servers={mysql}': '/workloads/worker/network/servers/0',
  'workloads.worker.canary.enabled=true': 'workloads.worker.canary.tag',
  'workloads.worker.secrets={databse-url}': 'names databse-url, which secrets does not have',
  'secrets.postgres-url.variable=DATABASE': "'DATABASE' does not match pattern",
  'tls.grpc.clientCertificate=maybe': "one of 'none', 'optional', 'required'",
  'preStopSeconds=5s': 'got string, want integer',
  'migrations.apps={gateway}': "one of 'grpc-server', 'cron-server', 'worker'",
  'networkPolicies.servers.redis.ports={0}': 'minimum: got 0, want 1',
  'networkPolicies.servers.mail.port=25': "'port' not allowed",
  'ingress.enabled=true': 'ingress.enabled requires ingress.hosts',
  'gateway.enabled=true': 'gateway.enabled requires gateway.parentRefs',
  'workloads.worker.service.type=ExternalName': "one of 'ClusterIP', 'NodePort', 'LoadBalancer'",
  'workloads.grpc-server.exposed=true': 'workloads.grpc-server.exposed: true opens gRPC to the outside',
  'workloads.cron-server.exposed=true': 'workloads.cron-server.exposed: true opens gRPC to the outside',
  'workloads.grpc-server.service.type=LoadBalancer': 'type: LoadBalancer opens gRPC to the outside',
  'workloads.worker.service.type=NodePort':
    'workloads.worker.service.type: NodePort opens gRPC to the outside',
  'workloads.grpc-server.exposed=true,tls.grpc.clientCertificate=required': 'Set tls.grpc.secret',
  [`workloads.grpc-server.exposed=true,${MUTUAL_TLS},tls.grpc.clientCertificate=optional`]: OPEN,
  [`workloads.grpc-server.exposed=true,${MUTUAL_TLS},tls.grpc.clientCertificate=none`]: OPEN,
  [`workloads.worker.exposed=true,${MUTUAL_TLS},config.grpc.tls.client_certificate=optional`]: OPEN,
  [`workloads.worker.exposed=true,${MUTUAL_TLS},config.apps.worker.grpc.tls.client_certificate=none`]: OPEN,
  [`workloads.worker.exposed=true,${MUTUAL_TLS},workloads.worker.env[0].name=APP__GRPC__TLS__CLIENT_CERTIFICATE`]:
    'Leave the variable out',
};

/** Text that the chart must render for values, and text that it must not. */
export const renderedValues: Readonly<Record<string, { has: readonly RegExp[]; lacks?: readonly RegExp[] }>> =
  {
    'secrets.mail-url.name=relay': {
      has: [
        /name: APP__MAIL__URL_FILE, value: \/run\/secrets\/ganymede\/mail-url/,
        /name: relay\n\s+items: \[\{ key: url, path: mail-url \}\]/,
        /port: 587, protocol: TCP/,
      ],
    },
    'config.mail.url=smtp://relay:25,networkPolicies.servers.mail.ports={25}': {
      has: [/url: smtp:\/\/relay:25/, /ports: \[\{ port: 25, protocol: TCP \}\]/],
    },
    'workloads.worker.env[0].name=APP__MAIL__URL,workloads.worker.env[0].value=smtp://relay': {
      has: [/port: 587, protocol: TCP/],
    },
    'secrets.mail-url.name=': { has: [], lacks: [/MAIL__URL/, /port: (?:587|465|25),/] },
  };

/** Values that the chart must accept although they are similar to wrong ones. */
export const rightValues: readonly string[] = [
  'workloads.gateway.exposed=true',
  'workloads.gateway.service.type=LoadBalancer',
  'workloads.worker.enabled=false,workloads.worker.exposed=true',
  `workloads.grpc-server.exposed=true,${MUTUAL_TLS}`,
  `workloads.grpc-server.service.type=LoadBalancer,${MUTUAL_TLS}`,
  `workloads.worker.exposed=true,${MUTUAL_TLS},config.apps.grpc-server.grpc.tls.client_certificate=optional`,
];
