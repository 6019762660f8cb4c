import { AppError, Status } from '@app/errors';

/** A generated route cannot be served as the app is set up. The start fails. */
export class EdgeSetupError extends AppError {
  static withoutEndpoint(service: string): EdgeSetupError {
    return setupError(
      `${service} has no HTTP endpoint. Annotate its methods with google.api.http and generate, or remove the service from EdgeModule.forFeature.`,
    );
  }

  static notImplemented(service: string, method: string, key: string): EdgeSetupError {
    return setupError(
      `Nothing implements ${service}.${method}. Add the method "${key}" to the provider in "methods", or name the app that serves it: EdgeModule.forFeature('<upstream>', …).`,
    );
  }

  static implementsNothing(provider: string, service: string): EdgeSetupError {
    return setupError(
      `${provider} implements no method of ${service}. Name its methods as in the definition, or remove "methods".`,
    );
  }

  static unknownMethod(service: string, key: string): EdgeSetupError {
    return setupError(
      `"interceptors" names ${key}, which ${service} does not serve over HTTP. Use a key of its definition's methods that has google.api.http.`,
    );
  }

  static scopedProvider(provider: string, cause: unknown): EdgeSetupError {
    return setupError(
      `${provider} serves generated routes, so it must be a singleton. Remove its scope and that of its dependencies.`,
      cause,
    );
  }

  static withoutVersion(service: string, method: string, key: string): EdgeSetupError {
    return setupError(
      `${service}.${method} has conditions, and its read method "${key}" has no version. Set "etag" on that method.`,
    );
  }

  static requestStream(service: string, method: string): EdgeSetupError {
    return setupError(
      `${service}.${method} reads a stream of requests, which HTTP cannot send. Remove its google.api.http.`,
    );
  }

  static duplicate(route: string, one: string, other: string): EdgeSetupError {
    return setupError(
      `${one} and ${other} both serve ${route}. Change the path of one of them, or remove it.`,
    );
  }

  static scopedEnhancer(kind: string, name: string): EdgeSetupError {
    return setupError(
      `The global ${kind} ${name} has the scope REQUEST or TRANSIENT, so it cannot run on generated routes. Make it a singleton; RequestContext.current() has the values of a request.`,
    );
  }

  static pipe(name: string): EdgeSetupError {
    return setupError(
      `The global pipe ${name} cannot run on generated routes, because they have no parameters. Put @ControllersOnly() on its class if it is meant for controllers alone, or express its rule in the proto file.`,
    );
  }
}

function setupError(message: string, cause?: unknown): EdgeSetupError {
  return new EdgeSetupError({ reason: 'EDGE_SETUP', status: Status.INTERNAL, message, cause });
}
