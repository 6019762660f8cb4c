import { type BindingCase, BOOL, LIST, NUMBER, ONE_OF, TEXT, TWICE, UNKNOWN, WHOLE } from './binding-case.js';

const AT = '2026-03-01T00:00:00Z';
const MUST_CHANGE = 'must change something';
const CREATE = ['POST', '/v1/notes'] as const;
const VALID = { text: 't', author_name: 'a' };

/** What a new note has when the request names only its text and its author. */
const CREATED = {
  text: 't',
  delta: 1,
  period: 2,
  shade: 1,
  pinned: true,
  language: 'en',
  ratio: 0.5,
  life: { seconds: 3600, nanos: 0 },
  createdBy: 'admin',
  author: { authorName: 'a', authorEmail: undefined },
};

function creates(body: object, request: object, headers?: Record<string, string>): BindingCase {
  return {
    send: CREATE,
    body: { ...VALID, ...body },
    ...(headers && { headers }),
    binds: ['NotesService.Create', { ...CREATED, ...request }],
  };
}

function refusesNew(body: object, ...issues: [string, string][]): BindingCase {
  return { send: CREATE, body: { ...VALID, ...body }, issues };
}

/** Options of fields in a body. Every request comes from an admin. */
export const fieldOptionCases: readonly BindingCase[] = [
  creates({}, {}),
  // A value that is sent is no default, also when it is the default of its type.
  creates({ pinned: false, language: '' }, { pinned: false, language: '' }),
  creates({ delta: -2, period: 'all', ratio: 0 }, { delta: -2, period: 3, ratio: 0 }),
  creates({ shade: 'COLOR_UNSPECIFIED', life: '0s' }, { shade: 0, life: { seconds: 0, nanos: 0 } }),
  refusesNew({ delta: 0 }, ['delta', 'must not be']),
  refusesNew({ delta: null }, ['delta', WHOLE]),
  refusesNew({ ratio: null, life: null }, ['ratio', NUMBER], ['life', 'must be a duration']),
  // Aliases.
  creates({ tags: ['a'] }, { tags: ['a'] }),
  creates({ labels: ['a', 'b'] }, { tags: ['a', 'b'] }),
  creates({ text_colour: 'red' }, { textColor: 'red' }),
  refusesNew({ tags: [], labels: [] }, ['tags', ONE_OF]),
  refusesNew({ labels: [], tags: [] }, ['tags', ONE_OF]),
  refusesNew({ labels: 'a' }, ['tags', LIST]),
  // Fields that a client cannot set in the body.
  creates({}, { idempotencyKey: 'k 1' }, { 'idempotency-key': 'k 1' }),
  creates({}, { idempotencyKey: 'k' }, { 'Idempotency-Key': 'k' }),
  ...['idempotency_key', 'created_by', 'storage_key'].map((name) =>
    refusesNew({ [name]: 'x' }, [name, UNKNOWN]),
  ),
  creates({ verified: true, readers: ['a'] }, { verified: true, readers: ['a'] }),
  // null_if_absent.
  creates({ remark: null }, {}),
  creates({ remark: '' }, { remark: '' }),
  refusesNew({ remark: 1 }, ['remark', TEXT]),
  // inline.
  creates({ author_email: 'a@b.cd' }, { author: { authorName: 'a', authorEmail: 'a@b.cd' } }),
  refusesNew({ author_email: 'x' }, ['author_email', 'must']),
  refusesNew({ author_email: 1, author_name: 2 }, ['author_name', TEXT], ['author_email', TEXT]),
  refusesNew({ author: { author_name: 'a' } }, ['author', UNKNOWN]),
  { send: CREATE, body: { text: 't' }, issues: [['author_name', 'must have at least 1']] },
  // unwrap.
  creates({ links: ['u', 'v'] }, { links: { urls: ['u', 'v'] } }),
  creates({ links: [] }, { links: { urls: [] } }),
  refusesNew({ links: [1] }, ['links[0]', TEXT]),
  refusesNew({ links: null }, ['links', LIST]),
  refusesNew({ links: { urls: [] } }, ['links', LIST]),
  // JSON without a schema makes the whole body exact.
  creates({ payload: null }, { payload: null }),
  creates({ payload: [1, { a: 'b' }] }, { payload: [1, { a: 'b' }] }),
  { send: CREATE, body: '{"text":"a","text":"b","author_name":"a"}', fails: [400, 'MALFORMED_BODY'] },
  // Issues of binding and of rules, in this order.
  refusesNew({ text: '', colour: 1 }, ['colour', UNKNOWN], ['text', 'must have 1 to 64']),
  {
    send: ['POST', '/v1/notes:batchGet'],
    body: { items: [{ id: 'a' }, { id: 'b', depth: 0 }] },
    binds: [
      'NotesService.BatchGet',
      {
        items: [
          { id: 'a', depth: 1 },
          { id: 'b', depth: 0 },
        ],
      },
    ],
  },
  {
    send: ['POST', '/v1/notes:batchGet'],
    body: { queries: [{ id: 'a' }] },
    binds: ['NotesService.BatchGet', { items: [{ id: 'a', depth: 1 }] }],
  },
  // The last member of a name counts. This is no use of both names.
  {
    send: ['POST', '/v1/notes:batchGet'],
    body: '{"items":[{"id":"a"}],"items":[{"id":"b"}]}',
    binds: ['NotesService.BatchGet', { items: [{ id: 'b', depth: 1 }] }],
  },
  {
    send: ['POST', '/v1/notes:batchGet'],
    body: { items: [{ id: 'a' }, { id: '' }, { id: 1 }] },
    issues: [
      ['items[2].id', TEXT],
      ['items[1].id', 'must have at least 1'],
    ],
  },
];

/** Options of fields in a query. */
export const queryOptionCases: readonly BindingCase[] = [
  { send: ['GET', '/v1/notes'], binds: ['NotesService.List', { limit: 20, window: 3 }] },
  { send: ['GET', '/notes?limit=5'], binds: ['NotesService.List', { limit: 5, window: 3 }] },
  {
    send: ['GET', '/v1/notes?window=1h&tag=a&tag=b&cursor='],
    binds: ['NotesService.List', { limit: 20, window: 1, tags: ['a', 'b'] }],
  },
  {
    send: ['GET', '/v1/notes'],
    headers: { 'accept-language': 'de' },
    binds: ['NotesService.List', { limit: 20, window: 3, acceptLanguage: 'de' }],
  },
  { send: ['GET', '/v1/notes?limit=0'], issues: [['limit', 'must be at least 1']] },
  { send: ['GET', '/v1/notes?limit='], issues: [['limit', WHOLE]] },
  { send: ['GET', '/v1/notes?limit=101'], issues: [['limit', 'must be at least 1 and at most 100']] },
  { send: ['GET', '/v1/notes?limit=20&limit=20'], issues: [['limit', TWICE]] },
  { send: ['GET', '/v1/notes?tags=a&tag=b'], issues: [['tags', ONE_OF]] },
  { send: ['GET', '/v1/notes?accept_language=de'], issues: [['accept_language', UNKNOWN]] },
];

/** Options of methods, and fields that the edge sets. */
export const methodOptionCases: readonly BindingCase[] = [
  {
    send: ['PATCH', '/v1/notes/7'],
    body: { text: 'b' },
    binds: ['NotesService.Update', { id: '7', text: 'b', updatedBy: 'admin' }],
  },
  {
    send: ['PATCH', '/v1/notes/7'],
    body: { links: [] },
    binds: ['NotesService.Update', { id: '7', links: { urls: [] }, updatedBy: 'admin' }],
  },
  { send: ['PATCH', '/v1/notes/7'], body: {}, issues: [['', MUST_CHANGE]] },
  {
    send: ['PATCH', '/v1/notes/7'],
    body: { expected_versions: [1] },
    issues: [['expected_versions', UNKNOWN]],
  },
  {
    send: ['PATCH', '/v1/notes/7?expected_versions=1'],
    body: { text: 'b' },
    issues: [['expected_versions', UNKNOWN]],
  },
  { send: ['PATCH', '/v1/notes/7'], body: { updated_by: 'me' }, issues: [['updated_by', UNKNOWN]] },
  { send: ['PATCH', '/v1/notes/7'], body: { id: '8' }, issues: [['id', UNKNOWN]] },
  { send: ['PATCH', '/v1/notes/7'], body: { verified: null }, issues: [['verified', BOOL]] },
  { send: ['GET', `/v1/notes/${encodeURIComponent(AT)}`], binds: ['NotesService.Get', { id: AT }] },
  { send: ['GET', '/v1/notes/7?x=1'], issues: [['x', UNKNOWN]] },
  {
    send: ['PUT', '/v1/profiles/01890a5d-ac96-774b-bcce-b302099a8057?notify=true'],
    body: { name: '' },
    fails: [403, 'PERMISSION_DENIED'],
  },
  {
    send: ['GET', '/v1/profiles/01890a5d-ac96-774b-bcce-b302099a8057'],
    binds: ['ProfilesService.Get', { userId: '01890a5d-ac96-774b-bcce-b302099a8057' }],
  },
  { send: ['GET', '/v1/profiles/x'], issues: [['user_id', 'must be a UUID']] },
];
