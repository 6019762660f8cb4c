import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

/** The parts of a Kubernetes resource that these specs read. */
export interface Resource {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: PodOwner;
  data?: Record<string, string>;
  stringData?: Record<string, string>;
}

interface PodOwner {
  replicas?: number;
  template: { metadata: Resource['metadata']; spec: PodSpec };
  selector: { matchLabels: Record<string, string> } & Record<string, string>;
  clusterIP?: string;
  ports: { name: string; port: number; targetPort: string }[];
  maxUnavailable?: number;
  policyTypes?: string[];
  podSelector: { matchLabels: Record<string, string> };
}

export interface PodSpec {
  serviceAccountName: string;
  automountServiceAccountToken: boolean;
  terminationGracePeriodSeconds: number;
  securityContext: Record<string, unknown>;
  containers: Container[];
  volumes: {
    name: string;
    configMap?: { name: string };
    projected?: { defaultMode: number; sources: SecretSource[] };
  }[];
  topologySpreadConstraints: {
    topologyKey: string;
    labelSelector: { matchLabels: Record<string, string> };
  }[];
  affinity: { podAntiAffinity: unknown };
}

interface SecretSource {
  secret: { name: string; items: { key: string; path: string }[] };
}

export interface Container {
  name: string;
  image: string;
  args?: string[];
  env: { name: string; value?: string }[];
  ports: { name: string; containerPort: number }[];
  securityContext: Record<string, unknown>;
  resources: { requests: Record<string, string>; limits: Record<string, string> };
  startupProbe: Probe;
  livenessProbe: Probe;
  readinessProbe: Probe;
  lifecycle: { preStop: { sleep: { seconds: number } } };
  volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
}

interface Probe {
  httpGet?: { path: string; port: string };
  grpc?: { port: number };
  periodSeconds: number;
  failureThreshold: number;
}

const FOLDER = join('k8s', 'manifests');

/** Every resource of k8s/manifests. */
export const resources: readonly Resource[] = readdirSync(FOLDER)
  .filter((name) => name !== 'kustomization.yaml')
  .flatMap((name) => parseAllDocuments(readFileSync(join(FOLDER, name), 'utf8')))
  .map((document) => document.toJS() as Resource);

/** The resources of a kind. */
export function ofKind(kind: string): readonly Resource[] {
  return resources.filter((each) => each.kind === kind);
}

/** The one resource of a kind and name. */
export function resource(kind: string, name: string): Resource {
  const found = ofKind(kind).find(({ metadata }) => metadata.name === name);
  if (!found) throw new Error(`There is no ${kind} ${name} in ${FOLDER}.`);
  return found;
}
