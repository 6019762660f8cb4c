import { describe, expect, it, jest } from '@jest/globals';
import { fastify } from 'fastify';
import { registerMultipart } from './multipart.plugin.js';

describe('the multipart parser', () => {
  it('is available in every route, and adds no hooks to them', async () => {
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
