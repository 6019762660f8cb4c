import { describe, expect, it, jest } from '@jest/globals';
import { fastify } from 'fastify';
import { registerMultipart } from './multipart.plugin.js';

describe('the reader of forms', () => {
  it('is there for every route, and hangs nothing into those that have no form', async () => {
    const app = fastify();
    const addHook = jest.spyOn(app, 'addHook');
    registerMultipart(app);
    await app.ready();
    expect(app.hasRequestDecorator('isMultipart')).toBe(true);
    expect(app.hasContentTypeParser('multipart/form-data')).toBe(true);
    expect(addHook).not.toHaveBeenCalled();
    await app.close();
  });
});
