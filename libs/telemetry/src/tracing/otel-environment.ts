import { Logger } from '@nestjs/common';
import {
  detectResources,
  type Resource,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import { OTLP_PROTOCOLS, type OtlpProtocol } from '../telemetry.config.js';

/** Variables of OpenTelemetry that have no effect here, and the setting that has. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  OTEL_TRACES_EXPORTER: 'telemetry.traces.exporter',
  OTEL_TRACES_SAMPLER: 'telemetry.sample_ratio',
  OTEL_TRACES_SAMPLER_ARG: 'telemetry.sample_ratio',
  OTEL_PROPAGATORS: 'nothing: contexts travel as W3C traceparent',
  OTEL_EXPORTER_OTLP_TIMEOUT: 'nothing: an export has 3 s',
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: 'nothing: an export has 3 s',
  OTEL_BSP_SCHEDULE_DELAY: 'nothing: batches leave each second',
  OTEL_BSP_MAX_QUEUE_SIZE: 'nothing: 16,384 spans wait at most',
  OTEL_LOG_LEVEL: 'logging.level',
};

/**
 * Reads OpenTelemetry's own environment variables. As its specification requires, an invalid value is ignored with
 * a warning and never stops the app.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export class OtelEnvironment {
  private readonly logger = new Logger('Traces');

  /**
   * `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` override the app's own attributes; the name overrides the
   * attribute.
   */
  resource(own: Readonly<Record<string, string>>): Resource {
    const detectors = [resourceAttributesEnvDetector, serviceNameEnvDetector];
    const said = detectResources({ detectors });
    const variable = 'OTEL_RESOURCE_ATTRIBUTES';
    // The detector discards all attributes when one is invalid, as the specification requires, and reports nothing.
    const { attributes = {} } = resourceAttributesEnvDetector.detect();
    if (this.value(variable) !== undefined && Object.keys(attributes).length === 0)
      this.ignore(variable, 'write it as key=value,key=value, with other characters percent-encoded');
    return resourceFromAttributes(own).merge(said);
  }

  /** `OTEL_EXPORTER_OTLP_TRACES_PROTOCOL`, else `OTEL_EXPORTER_OTLP_PROTOCOL`. */
  get protocol(): OtlpProtocol | undefined {
    const variable = ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'].find(
      (name) => this.value(name) !== undefined,
    );
    if (variable === undefined) return undefined;
    const protocol = OTLP_PROTOCOLS.find((name) => name === this.value(variable));
    if (!protocol) this.ignore(variable, `write one of ${OTLP_PROTOCOLS.join(', ')}`);
    return protocol;
  }

  /** Warns about variables that are set and have no effect. */
  warnOfIgnored(): void {
    for (const [variable, instead] of Object.entries(UNSUPPORTED)) {
      if (this.value(variable) !== undefined)
        this.logger.warn({ variable }, `${variable} is not honoured; what counts is ${instead}`);
    }
  }

  /** An empty variable counts as absent. */
  private value(variable: string): string | undefined {
    return process.env[variable]?.trim() || undefined;
  }

  private ignore(variable: string, remedy: string): void {
    this.logger.warn({ variable }, `${variable} cannot be read and is ignored; ${remedy}`);
  }
}
