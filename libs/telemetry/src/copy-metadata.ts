/**
 * Copies what decorators have left on a method to one that stands in for it. Guards, interceptors and transports read
 * it there.
 */
export function copyMetadata(from: object, to: object): void {
  for (const key of Reflect.getMetadataKeys(from) as unknown[])
    Reflect.defineMetadata(key, Reflect.getMetadata(key, from), to);
}
