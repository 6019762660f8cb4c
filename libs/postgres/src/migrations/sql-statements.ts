/**
 * Separators of statements, and tokens that may contain a separator: literals, quoted names, dollar quotes,
 * comments.
 */
const TOKEN =
  /(?<dollar>\$(?<tag>\w*)\$[\s\S]*?\$\k<tag>\$)|(?<literal>[eE]?'(?:[^']|'')*')|(?<name>"(?:[^"]|"")*")|(?<comment>--[^\n]*|\/\*[\s\S]*?\*\/)|(?<end>;)|(?<other>[^'"$;\-/]+|[\s\S])/g;

/** The statements of a text, each as written, without the comments around it. */
export function splitStatements(sql: string): string[] {
  const statements = [''];
  for (const { 0: text, groups = {} } of sql.matchAll(TOKEN)) {
    if (groups['end'] !== undefined) statements.push('');
    else if (groups['comment'] === undefined || statements.at(-1)?.trim() !== '')
      statements.push((statements.pop() ?? '') + text);
  }
  return statements.map((statement) => statement.trim()).filter((statement) => statement !== '');
}

/**
 * One statement in the form that the rules compare: lower case, single spaces, no comments, empty literals,
 * unquoted names.
 */
export function normalise(statement: string): string {
  const parts = [...statement.matchAll(TOKEN)].map(({ 0: text, groups = {} }) => {
    if (groups['comment'] !== undefined) return ' ';
    if (groups['literal'] !== undefined || groups['dollar'] !== undefined) return "''";
    if (groups['name'] !== undefined) return text.slice(1, -1).replaceAll(/\W/g, '_');
    return text.toLowerCase();
  });
  return parts
    .join('')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([(),]) ?/g, '$1')
    .trim();
}

/** A statement without the name of `schema` before its tables, indexes and types. Literals do not change. */
export function withoutSchema(statement: string, schema: string): string {
  const quoted = `"${schema}"`;
  const tokens = [...statement.matchAll(TOKEN)].map(([text]) => text);
  return tokens.reduce((sql, token) => {
    const isQualified = token.startsWith('.') && sql.endsWith(quoted);
    return isQualified ? sql.slice(0, -quoted.length) + token.slice(1) : sql + token;
  }, '');
}

/** Splits at the commas that are not inside parentheses. */
export function splitList(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === ',' && depth === 0) parts.push('');
    else parts.push((parts.pop() ?? '') + character);
  }
  return parts.map((part) => part.trim());
}
