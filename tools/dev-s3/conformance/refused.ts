/** What an error of the AWS SDK matches. A reply to HEAD has no name. */
export const refused = (status: number, name?: string) => ({
  ...(name !== undefined && { name }),
  $metadata: { httpStatusCode: status },
});
