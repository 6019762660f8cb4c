/** The number of frames of others that are shown when no frame is our own. */
const MAX_FOREIGN = 3;

/** In characters; a longer line is part of a message that looks like a frame. */
const MAX_FRAME = 1_000;

const FRAME = /^\s+at /;
const LOCATION = /\(?((?:file|node|webpack):[^()\s]+|\/[^()\s]+|[A-Za-z]:\\[^()]+|[^()\s]+):(\d+):(\d+)\)?$/;

/**
 * The readable frames of a stack: only those of our own sources, each with its path relative to the root, so that a
 * terminal or an editor can open it. A line with the number of omitted frames replaces the others. When no frame is our
 * own, the first few of the others are shown.
 *
 * @param stack the value of `Error.stack`, including the message
 * @param root of the sources
 */
export function framesOf(stack: string, root: string = process.cwd()): string[] {
  const frames = stack.split('\n').filter((line) => line.length <= MAX_FRAME && FRAME.test(line));
  const shown = frames.map((frame) => shorten(frame.trim(), root));
  const hasOurs = shown.some(isOurs);
  const kept: string[] = [];
  let folded = 0;
  const fold = (): void => {
    if (folded > 0) kept.push(`    … ${folded} of node_modules and node`);
    folded = 0;
  };
  for (const [at, frame] of shown.entries()) {
    if (hasOurs ? isOurs(frame) : at < MAX_FOREIGN) {
      fold();
      kept.push(`    ${frame}`);
    } else folded += 1;
  }
  fold();
  return kept;
}

function isOurs(frame: string): boolean {
  const [, path] = LOCATION.exec(frame) ?? [];
  return path !== undefined && !/^node:|^webpack\/|^external |node_modules\/|^<|^\(/.test(path);
}

/** Source maps have paths like `webpack://<package>/libs/…`, modules outside a bundle `file:///…`. */
function shorten(frame: string, root: string): string {
  return frame
    .replace(/webpack:\/\/[^/]*\/(?:\.\/)?/, '')
    .replace('file://', '')
    .replace(`${root}/`, '')
    .replace(/[^\s(]*\/(node_modules\/)/, '$1');
}
