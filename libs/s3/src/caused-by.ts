/** Whether an error, or what caused it, is the object store's answer of that name: `NoSuchUpload`. */
export function causedBy(error: unknown, name: string): boolean {
  for (let each: unknown = error; each instanceof Error; each = each.cause)
    if (each.name === name) return true;
  return false;
}
