import { parseAllDocuments, stringify } from 'yaml';

interface Resource {
  kind: string;
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: { template?: Resource };
}

const HEADER = '# Made from k8s/chart by `npm run k8s:render`; change the chart instead.\n';

/** The files of the resources by app, in the order in which to apply them. */
const FILES: Readonly<Record<string, string>> = {
  all: '00-common.yaml',
  config: '00-common.yaml',
  migrations: '10-migrations.yaml',
  'grpc-server': '20-grpc-server.yaml',
  worker: '30-worker.yaml',
  'cron-server': '40-cron-server.yaml',
  gateway: '50-gateway.yaml',
};

/** Labels and annotations that only Helm uses. */
const HELM = /^helm\.sh\/|^app\.kubernetes\.io\/managed-by$/;

/**
 * Manifests for clusters without Helm: the chart rendered with its defaults, without the parts that only Helm uses.
 *
 * @returns the text of each file by its name
 */
export function plainManifests(rendered: string): Map<string, string> {
  const files = new Map<string, string[]>();
  for (const document of parseAllDocuments(rendered)) {
    const resource = document.toJS() as Resource | null;
    if (!resource || resource.metadata.annotations?.['helm.sh/hook'] === 'test') continue;
    const component = resource.metadata.labels?.['app.kubernetes.io/component'] ?? '';
    const file = FILES[component];
    if (file === undefined) throw new Error(`${resource.kind} ${resource.metadata.name} belongs to nothing.`);
    const text = stringify(withoutHelm(resource), { lineWidth: 0, aliasDuplicateObjects: false });
    files.set(file, [...(files.get(file) ?? []), text]);
  }
  const names = [...files.keys()].toSorted();
  const texts = names.map((name): [string, string] => [name, HEADER + (files.get(name) ?? []).join('---\n')]);
  return new Map([...texts, ['kustomization.yaml', kustomization(names)]]);
}

function withoutHelm(resource: Resource): Resource {
  const { labels, annotations, ...metadata } = resource.metadata;
  return {
    ...resource,
    metadata: { ...metadata, ...kept('labels', labels), ...kept('annotations', annotations) },
  };
}

function kept(name: string, entries: Record<string, string> = {}): Record<string, Record<string, string>> {
  const plain = Object.entries(entries).filter(([key]) => !HELM.test(key));
  return plain.length === 0 ? {} : { [name]: Object.fromEntries(plain) };
}

function kustomization(resources: readonly string[]): string {
  const kind = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };
  return HEADER + stringify({ ...kind, namespace: 'ganymede', resources });
}
