const CONTROLLERS_ONLY = Symbol('controllers only');

/**
 * Marks a pipe that is meant for controllers alone. Without it a global pipe fails the start of an app with generated
 * routes, because no pipe runs on them.
 *
 * @publicApi
 */
export function ControllersOnly(): ClassDecorator {
  return (target) => Reflect.defineMetadata(CONTROLLERS_ONLY, true, target);
}

export function isForControllersOnly(target: object): boolean {
  return Reflect.hasMetadata(CONTROLLERS_ONLY, target);
}
