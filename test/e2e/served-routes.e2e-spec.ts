import { describe, expect, it } from '@jest/globals';
import { runningSystem } from '../support/apps/running-system.js';
import { DescribedApi } from './described-api.js';
import { expectError } from './expect-error.js';
import { gatewayRoutes } from './gateway-routes.js';

const { succeeds } = await gatewayRoutes();
const routes = new DescribedApi().routes().map((route) => ({
  ...route,
  address: `${route.method} ${route.template}`,
  path: route.template.replaceAll(/\{[^}]*\}/g, '01890a5d-ac96-774b-bcce-b302099a8057'),
}));
const isOpen = ({ access }: { access: string }) => access.startsWith('PUBLIC');

describe('the addresses of the proto files', () => {
  const { http } = runningSystem();

  it('have an example of a success each', () => {
    expect(Object.keys(succeeds).sort()).toEqual(routes.map(({ address }) => address).sort());
  });

  // A project without slices has none, and `each` refuses an empty table.
  for (const [address, send] of Object.entries(succeeds)) {
    it(`answer ${address} with a success`, async () => {
      const { status, text } = await send(http);
      expect(status < 300 || text).toBe(true);
    });
  }

  for (const { address, method, path } of routes.filter((route) => !isOpen(route))) {
    it.each([undefined, 'Bearer unknown', 'Basic YTpi'])(
      `refuse ${address} with the token %s`,
      async (token) => {
        const headers: Record<string, string> = token === undefined ? {} : { authorization: token };
        const body = method === 'POST' || method === 'PATCH' ? { colour: 1 } : undefined;
        expectError(await http.request(method, path, { headers, body }), 401, 'UNAUTHENTICATED');
      },
    );
  }

  for (const { address, method, path } of routes) {
    it(`refuse an unknown parameter of ${address}`, async () => {
      const headers = { authorization: 'Bearer test-admin-token' };
      const body = method === 'POST' || method === 'PATCH' ? {} : undefined;
      const reply = await http.request(method, `${path}?colour=1`, { headers, body });
      expectError(reply, 400, 'VALIDATION_FAILED');
      const { details } = reply.json<{ details: { issues: { path: string }[] } }>();
      expect(details.issues.map((issue) => issue.path)).toContain('colour');
    });
  }
});
