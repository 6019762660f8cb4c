import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse, parseDocument, visit } from 'yaml';
import { type Container, ofKind, type PodSpec, resource, resources } from './resource.js';

const APPS = ['gateway', 'grpc-server', 'cron-server', 'worker'] as const;

interface Ports {
  [transport: string]: { port: number } | undefined;
}

const config = parse(readFileSync('config/default.yaml', 'utf8')) as {
  lifecycle: { drain_wait: string; shutdown_timeout: string };
  apps: Record<string, Ports | undefined>;
};

const portsOf = (app: string): Ports => config.apps[app] ?? {};
const transportOf = (app: string): string => (app === 'gateway' ? 'http' : 'grpc');
const secondsOf = (duration: string): number => Number(duration.replace(/s$/, ''));

function onlyContainer({ containers }: PodSpec): Container {
  const [container, ...others] = containers;
  if (!container || others.length > 0) throw new Error('one container is expected');
  return container;
}

/** Expects no unneeded privileges, and the settings that the restricted Pod Security Standard requires. */
function expectRestricted(pod: PodSpec): void {
  expect(pod.automountServiceAccountToken).toBe(false);
  expect(pod.securityContext).toMatchObject({
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  });
  for (const { securityContext, volumeMounts } of pod.containers) {
    expect(securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
    });
    const writable = volumeMounts.filter(({ readOnly }) => readOnly !== true);
    expect(writable.map(({ mountPath }) => mountPath)).toEqual(['/tmp']);
  }
}

describe.each(APPS)('the pods of %s', (app) => {
  const name = `ganymede-${app}`;
  const deployment = resource('Deployment', name);
  const { template, selector } = deployment.spec;
  const pod = template.spec;
  const container = onlyContainer(pod);

  it('have only the privileges that they need', () => {
    expectRestricted(pod);
    expect(resource('ServiceAccount', pod.serviceAccountName)).toMatchObject({
      automountServiceAccountToken: false,
    });
  });

  it('have resource requests and limits', () => {
    expect(container.resources.requests).toEqual({ cpu: expect.any(String), memory: expect.any(String) });
    expect(container.resources.limits).toEqual({ memory: expect.any(String) });
  });

  it('are probed on the ports on which the app listens', () => {
    const transport = transportOf(app);
    expect(container.ports).toEqual([
      { name: transport, containerPort: portsOf(app)[transport]?.port },
      { name: 'management', containerPort: portsOf(app)['management']?.port },
    ]);
    expect(container.startupProbe.httpGet).toEqual({ path: '/livez', port: 'management' });
    expect(container.livenessProbe.httpGet).toEqual({ path: '/livez', port: 'management' });
    const { httpGet, grpc } = container.readinessProbe;
    const ready =
      app === 'grpc-server'
        ? { grpc: { port: portsOf(app)['grpc']?.port } }
        : { httpGet: { path: '/readyz', port: 'management' } };
    expect({ httpGet, grpc }).toEqual(ready);
  });

  it('have the longest time that the app may need to stop', () => {
    const { drain_wait: drainWait, shutdown_timeout: shutdown } = config.lifecycle;
    const before = container.lifecycle.preStop.sleep.seconds;
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(before + secondsOf(shutdown));
    const { periodSeconds, failureThreshold } = container.readinessProbe;
    expect(before + secondsOf(drainWait)).toBeGreaterThan(periodSeconds * failureThreshold);
  });

  it('are several, spread over nodes, and never all unavailable at the same time', () => {
    expect(deployment.spec.replicas).toBeGreaterThan(1);
    expect(pod.topologySpreadConstraints.map(({ topologyKey }) => topologyKey)).toEqual([
      'topology.kubernetes.io/zone',
      'kubernetes.io/hostname',
    ]);
    expect(pod.affinity.podAntiAffinity).toBeDefined();
    const { spec } = resource('PodDisruptionBudget', name);
    expect(spec.maxUnavailable).toBeLessThan(deployment.spec.replicas ?? 0);
    expect(template.metadata.labels).toMatchObject(spec.selector.matchLabels);
    expect(template.metadata.labels).toMatchObject(selector.matchLabels);
  });

  it('are selected by their services, on existing ports', () => {
    const services = ofKind('Service').filter(({ metadata }) => metadata.name.startsWith(name));
    expect(services.length).toBeGreaterThan(1);
    for (const { spec } of services) {
      expect(template.metadata.labels).toMatchObject(spec.selector);
      for (const { targetPort } of spec.ports) {
        expect(container.ports.map((port) => port.name)).toContain(targetPort);
      }
    }
  });

  it('have only the connections that a network policy allows', () => {
    const everything = resource('NetworkPolicy', 'ganymede-default-deny').spec;
    expect(everything.policyTypes).toEqual(['Ingress', 'Egress']);
    expect(template.metadata.labels).toMatchObject(everything.podSelector.matchLabels);
    const own = resource('NetworkPolicy', name).spec;
    expect(template.metadata.labels).toMatchObject(own.podSelector.matchLabels);
  });
});

describe('the migration jobs', () => {
  const jobs = ofKind('Job');

  it('exist once for each app that owns tables, with only the privileges that they need', () => {
    expect(jobs.map(({ metadata }) => metadata.name)).toEqual([
      'ganymede-migrations-grpc-server',
      'ganymede-migrations-cron-server',
      'ganymede-migrations-worker',
    ]);
    for (const { spec } of jobs) {
      expectRestricted(spec.template.spec);
      expect(onlyContainer(spec.template.spec).args).toEqual(['migrate']);
    }
  });
});

describe('all manifests together', () => {
  it('contain no secret values, only references', () => {
    expect(ofKind('Secret')).toEqual([]);
    const containers = [...ofKind('Deployment'), ...ofKind('Job')].flatMap(
      ({ spec }) => spec.template.spec.containers,
    );
    const written = containers.flatMap(({ env }) => env).filter(({ name }) => !name.endsWith('_FILE'));
    const configured = ofKind('ConfigMap')
      .flatMap(({ data = {} }) => Object.values(data).map(keysOf))
      .flat();
    const names = [...written.map(({ name }) => name), ...configured];
    expect(names.filter((name) => /password$|secret_key|token$|credential/i.test(name))).toEqual([]);
    const withPassword = /:\/\/[^/\s"@:]+:[^/\s"@]+@/;
    expect(resources.filter((each) => withPassword.test(JSON.stringify(each)))).toEqual([]);
  });

  it('let only the group read the mounted files', () => {
    const owners = [...ofKind('Deployment'), ...ofKind('Job')];
    for (const { spec } of owners) {
      const secrets = spec.template.spec.volumes.find(({ name }) => name === 'secrets');
      expect(secrets?.projected?.defaultMode).toBe(0o440);
    }
  });

  it('let gRPC clients resolve the address of every server', () => {
    for (const app of APPS.filter((each) => transportOf(each) === 'grpc')) {
      expect(resource('Service', `ganymede-${app}-peers`).spec.clusterIP).toBe('None');
    }
  });
});

/** All keys of a configuration file, at every depth. */
function keysOf(text: string): string[] {
  const keys: string[] = [];
  visit(parseDocument(text), { Pair: (_, { key }) => void keys.push(String(key)) });
  return keys;
}
