import type { Topology, TopologyQueue } from './topology.ts';

/** The routes of messages as a Mermaid diagram. */
export function diagramOf({ queues, exchanges }: Topology): string {
  return [
    'flowchart LR',
    ...exchanges.flatMap(({ name, publishers }) => [
      `  ${id(name)}{{"${name}"}}`,
      ...publishers.map((app) => `  ${id(`app ${app}`)}(["${app}"]) --> ${id(name)}`),
    ]),
    ...queues.flatMap(linesOf),
  ].join('\n');
}

function linesOf({ name, from, retry, publishers, consumers }: TopologyQueue): string[] {
  const node = (suffix: string): string => id(`${name}${suffix}`);
  const ladder = [...new Set(retry)];
  const box = (suffix: string): string => `    ${node(suffix)}[("${name}${suffix}")]`;
  return [
    `  subgraph ${id(`group ${name}`)}["${name}"]`,
    ...['', '.quarantine', '.dead', ...ladder.map((delay) => `.retry.${delay}`)].map(box),
    '  end',
    ...(from ? [`  ${id(from.name)} --> ${node('')}`] : []),
    ...publishers.map((app) => `  ${id(`app ${app}`)}(["${app}"]) --> ${node('')}`),
    ...consumers.flatMap((app) => {
      const consumer = `${id(`handler ${app}`)}(["${app}"])`;
      return [
        `  ${node('')} --> ${consumer}`,
        `  ${node('')} -. delivered twice .-> ${node('.quarantine')} --> ${consumer}`,
        ...ladder.map(
          (delay) => `  ${consumer} -. failed .-> ${node(`.retry.${delay}`)} -- ${delay} --> ${node('')}`,
        ),
        `  ${consumer} -. given up .-> ${node('.dead')}`,
      ];
    }),
    `  ${node('.quarantine')} -. given up .-> ${node('.dead')}`,
  ];
}

function id(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9]/g, '_');
}
