/**
 * The fields of a resource that its schema does not have. The validators of kubernetes-models accept them. But each
 * validator reads every field of its schema, so a field that was never read is unknown.
 *
 * @returns their paths
 */
export function unknownFields(resource: object, validate: (data: unknown) => unknown): string[] {
  const asked = new Set<string>();
  validate(watched(resource, '', asked));
  return pathsOf(resource, '').filter((path) => !asked.has(path));
}

function watched(value: object, path: string, asked: Set<string>): object {
  return new Proxy(value, {
    get(target, key, receiver): unknown {
      const found: unknown = Reflect.get(target, key, receiver);
      if (typeof key !== 'string') return found;
      asked.add(`${path}/${key}`);
      return typeof found === 'object' && found !== null ? watched(found, `${path}/${key}`, asked) : found;
    },
  });
}

function pathsOf(value: object, path: string): string[] {
  return Object.entries(value).flatMap(([key, child]: [string, unknown]) => {
    const own = `${path}/${key}`;
    return typeof child === 'object' && child !== null ? [own, ...pathsOf(child, own)] : [own];
  });
}
