/**
 * Copies the metadata of decorators from a method to its replacement. Guards, interceptors and transports read it
 * there.
 */
export function copyMetadata(from: object, to: object): void {
  for (const key of Reflect.getMetadataKeys(from) as unknown[])
    Reflect.defineMetadata(key, Reflect.getMetadata(key, from), to);
}
