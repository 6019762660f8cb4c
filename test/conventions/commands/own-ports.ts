import { APPS, type AppName } from '../../support/apps/app-process.js';
import { freePort } from '../../support/network/free-port.js';
import { HttpClient } from '../../support/network/http-client.js';
import { STACK_ADDRESSES } from '../../support/servers/stack-addresses.js';

/** Free ports for all apps, with the variables with which an app in development uses them and the test stack. */
export class OwnPorts {
  private constructor(
    private readonly ports: ReadonlyMap<string, number>,
    readonly variables: Record<string, string>,
  ) {}

  static async choose(): Promise<OwnPorts> {
    const ports = new Map<string, number>();
    // The sample books for developers must not be in the tests' database.
    const variables: Record<string, string> = { ...STACK_ADDRESSES, APP__BOOKS__SAMPLES: 'false' };
    for (const app of APPS) {
      for (const section of [app === 'gateway' ? 'http' : 'grpc', 'management']) {
        const port = await freePort();
        ports.set(`${app} ${section}`, port);
        variables[`APP__APPS__${underscored(app)}__${section.toUpperCase()}__PORT`] = String(port);
        if (section === 'grpc')
          variables[`APP__UPSTREAMS__${underscored(app)}__ADDRESS`] = `127.0.0.1:${port}`;
      }
    }
    return new OwnPorts(ports, variables);
  }

  /** A client for an app's port: `http` of the gateway, or `management`. */
  client(app: AppName, section: 'http' | 'management'): HttpClient {
    return new HttpClient(`http://127.0.0.1:${this.ports.get(`${app} ${section}`)}`);
  }
}

function underscored(app: string): string {
  return app.replaceAll('-', '_').toUpperCase();
}
