/** A matcher for an error of the AWS SDK. A reply to HEAD has no error name. */
export const refused = (status: number, name?: string) => ({
  ...(name !== undefined && { name }),
  $metadata: { httpStatusCode: status },
});
