import { paths } from '../workspace/paths.ts';

export const chart = paths.inClone('k8s', 'chart');
export const chartConfig = paths.inClone('k8s', 'chart', 'files', 'config');
export const manifests = paths.inClone('k8s', 'manifests');
export const config = paths.inClone('config');

/** Files of config/ that are copied into the chart, because a chart cannot read files outside its folder. */
export const carried = ['default.yaml', 'production.yaml'] as const;
