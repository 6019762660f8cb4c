import { paths } from '../workspace/paths.ts';

export const chart = paths.inClone('k8s', 'chart');
export const chartConfig = paths.inClone('k8s', 'chart', 'files', 'config');
export const manifests = paths.inClone('k8s', 'manifests');
export const config = paths.inClone('config');

/** What the chart carries of config/: a chart is sent away as one folder and cannot look outside. */
export const carried = ['default.yaml', 'production.yaml'] as const;
