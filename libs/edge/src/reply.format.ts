import { RequestContext, startTrace } from '@app/context';
import type { ReplyFormat } from '@app/contracts';
import { fromRpcStatus } from '@app/grpc';
import { errorBody } from '@app/http';

/** Writes the error of a part of a reply, such as one item of a batch, in the shape of a failed request. */
export const replyFormat: ReplyFormat = {
  error: (status) => {
    const { traceId } = RequestContext.current()?.trace ?? startTrace();
    return JSON.stringify(errorBody(fromRpcStatus(status), traceId));
  },
};
