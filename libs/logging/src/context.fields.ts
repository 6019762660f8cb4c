import { type Entry, RequestContext } from '@app/context';

/** The field of the operation, for each entry point. */
const OPERATION_FIELD: Record<Entry, string> = { http: 'route', grpc: 'rpc', amqp: 'queue', cron: 'job' };

/** The fields of the current request context, which every line includes. */
export function contextFields(): Record<string, unknown> {
  const context = RequestContext.current();
  if (!context) return {};
  const fields: Record<string, unknown> = { request_id: context.requestId, trace_id: context.trace.traceId };
  fields[OPERATION_FIELD[context.entry]] = context.operation;
  const { principal } = context;
  if (principal) fields['principal'] = principal.id;
  return fields;
}
