/** A prefix of paths in proto names, and the prefix that the JSON has instead. @internal */
export type PathRule = readonly [proto: RegExp, json: string];

/** Converts paths of broken rules to paths in the JSON. The first rule that matches applies. @internal */
export function jsonPaths(rules: readonly PathRule[]): (path: string) => string {
  return (path) => {
    const rule = rules.find(([proto]) => proto.test(path));
    return rule ? path.replace(...rule) : path;
  };
}
