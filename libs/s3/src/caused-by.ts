/** Whether an error, or one of its causes, is the store's error with this name, such as `NoSuchUpload`. */
export function causedBy(error: unknown, name: string): boolean {
  for (let each: unknown = error; each instanceof Error; each = each.cause)
    if (each.name === name) return true;
  return false;
}
