import { type Door, RequestContext } from '@app/context';

/** Under which name a line tells where its work came in. */
const OPERATION_FIELD: Record<Door, string> = { http: 'route', grpc: 'rpc', amqp: 'queue', cron: 'job' };

/** The fields that every line of a piece of work carries. */
export function contextFields(): Record<string, unknown> {
  const context = RequestContext.current();
  if (!context) return {};
  return {
    request_id: context.requestId,
    trace_id: context.trace.traceId,
    [OPERATION_FIELD[context.door]]: context.operation,
    ...(context.principal && { principal: context.principal.id }),
  };
}
