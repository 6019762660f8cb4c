import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OtelEnvironment } from './otel-environment.js';

const OWN = { 'service.name': 'gateway', 'service.version': '1.2.3' };

describe("OpenTelemetry's own variables", () => {
  const warned: unknown[] = [];
  const before = { ...process.env };

  beforeEach(() => {
    warned.length = 0;
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((fields: unknown) => void warned.push(fields));
  });

  afterEach(() => {
    process.env = { ...before };
    jest.restoreAllMocks();
  });

  const read = (variables: Record<string, string>) => {
    process.env = { ...before, ...variables };
    return new OtelEnvironment();
  };

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['the app’s own name without any', {}, OWN],
    ['none that is empty', { OTEL_SERVICE_NAME: '', OTEL_RESOURCE_ATTRIBUTES: ' ' }, OWN],
    [
      'the attribute over the app’s own name',
      { OTEL_RESOURCE_ATTRIBUTES: 'service.name=edge,deployment.environment.name=prod' },
      { ...OWN, 'service.name': 'edge', 'deployment.environment.name': 'prod' },
    ],
    [
      'the name over the attribute',
      { OTEL_SERVICE_NAME: 'front', OTEL_RESOURCE_ATTRIBUTES: 'service.name=edge,team=a%2Cb' },
      { ...OWN, 'service.name': 'front', team: 'a,b' },
    ],
  ])('set the attributes of the resource: %s', (_which, variables, attributes) => {
    expect(read(variables).resource(OWN).attributes).toEqual(attributes);
    expect(warned).toEqual([]);
  });

  it.each(['team', 'team=a=b', '=a', 'team=%zz', `team=${'x'.repeat(300)}`])(
    'are ignored with a warning when invalid, and the name stays: OTEL_RESOURCE_ATTRIBUTES=%s',
    (text) => {
      const variables = { OTEL_SERVICE_NAME: 'front', OTEL_RESOURCE_ATTRIBUTES: `region=eu,${text}` };
      expect(read(variables).resource(OWN).attributes).toEqual({ ...OWN, 'service.name': 'front' });
      expect(warned).toEqual([{ variable: 'OTEL_RESOURCE_ATTRIBUTES' }]);
    },
  );

  it('set the protocol of the export, the one for traces first', () => {
    expect(read({}).protocol).toBeUndefined();
    expect(read({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }).protocol).toBe('grpc');
    const both = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' };
    expect(read(both).protocol).toBe('http/json');
    expect(warned).toEqual([]);
    expect(read({ OTEL_EXPORTER_OTLP_PROTOCOL: 'thrift' }).protocol).toBeUndefined();
    expect(warned).toEqual([{ variable: 'OTEL_EXPORTER_OTLP_PROTOCOL' }]);
  });

  it.each(['OTEL_TRACES_SAMPLER', 'OTEL_PROPAGATORS', 'OTEL_TRACES_EXPORTER'])(
    'without an effect are named in a warning: %s',
    (variable) => {
      read({ [variable]: 'something' }).warnOfIgnored();
      expect(warned).toEqual([{ variable }]);
    },
  );
});
