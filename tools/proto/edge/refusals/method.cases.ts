import type { RefusalCase } from './refusal-case.ts';

const ITEM = 'message Item { string id = 1; int64 version = 2; }';
const CHANGE = 'message Change { string id = 1; string text = 2; repeated int64 versions = 3; }';
const http = 'option (http) = {get: "/v1/items/{id}"};';

/** Wrong options of a method. */
export const methodCases: readonly RefusalCase[] = [
  {
    what: 'roles for any signed-in user',
    methods: `rpc Get(Item) returns (Item) {
      ${http}
      option (edge) = {access: SIGNED_IN roles: "admin"}; // wrong
    }`,
    messages: ITEM,
    says: ['Get', 'roles', 'ROLES'],
  },
  ...['etag: "version"', 'location: "/v1/items/{id}"'].map((option) => ({
    what: `a stream with ${option}`,
    methods: `rpc Watch(Item) returns (stream Item) { // wrong
      ${http}
      option (edge) = {access: PUBLIC ${option}}; // wrong
    }`,
    messages: ITEM,
    says: ['Watch', option.split(':')[0] ?? '', 'stream'],
  })),
  {
    what: 'roles for anyone',
    methods: `rpc Get(Item) returns (Item) {
      ${http}
      option (edge) = {access: PUBLIC roles: "admin"}; // wrong
    }`,
    messages: ITEM,
    says: ['Get', 'roles'],
  },
  {
    what: 'ROLES without roles',
    methods: `rpc Get(Item) returns (Item) {
      ${http}
      option (edge) = {access: ROLES}; // wrong
    }`,
    messages: ITEM,
    says: ['Get', 'ROLES', 'roles'],
  },
  {
    what: 'SELF without a field with me',
    methods: `rpc Get(Item) returns (Item) {
      ${http}
      option (edge) = {access: SELF}; // wrong
    }`,
    messages: ITEM,
    says: ['Get', 'SELF', 'me'],
  },
  {
    what: 'a status of a failure',
    methods: `rpc Get(Item) returns (Item) {
      ${http}
      option (edge) = {status: 404}; // wrong
    }`,
    messages: ITEM,
    says: ['404', 'status'],
  },
  {
    what: 'a status that is none',
    methods: `rpc Get(Item) returns (Item) {
      ${http}
      option (edge) = {status: 42}; // wrong
    }`,
    messages: ITEM,
    says: ['42', 'status'],
  },
  {
    what: 'a deadline without a unit',
    methods: `rpc Get(Item) returns (Item) {
      ${http}
      option (edge) = {deadline: "5"}; // wrong
    }`,
    messages: ITEM,
    says: ['5', 'deadline', '5s'],
  },
  {
    what: 'a deadline of zero',
    methods: `rpc Get(Item) returns (Item) {
      ${http}
      option (edge) = {deadline: "0s"}; // wrong
    }`,
    messages: ITEM,
    says: ['0s', 'deadline'],
  },
  {
    what: 'a version that is no field of the reply',
    methods: `rpc Get(Item) returns (Item) {
      ${http}
      option (edge) = {etag: "revision"}; // wrong
    }`,
    messages: ITEM,
    says: ['revision', 'etag', 'Item'],
  },
  {
    what: 'a version that is a list',
    methods: `rpc Get(Item) returns (Tagged) {
      ${http}
      option (edge) = {etag: "versions"}; // wrong
    }`,
    messages: `${ITEM} message Tagged { repeated int64 versions = 1; }`,
    says: ['versions', 'etag'],
  },
  {
    what: 'a location with an unknown field',
    methods: `rpc Create(Item) returns (Item) {
      option (http) = {post: "/v1/items" body: "*"};
      option (edge) = {status: 201 location: "/v1/items/{key}"}; // wrong
    }`,
    messages: ITEM,
    says: ['key', 'location', 'Item'],
  },
  {
    what: 'conditions for an unknown field',
    methods: `rpc Get(Item) returns (Item) {
      ${http}
      option (edge) = {etag: "version"};
    }
    rpc Update(Change) returns (Item) {
      option (http) = {patch: "/v1/items/{id}" body: "*"};
      option (edge) = {if_match: "expected"}; // wrong
    }`,
    messages: ITEM + CHANGE,
    says: ['expected', 'if_match', 'Change'],
  },
  {
    what: 'conditions for a field that is no list of int64',
    methods: `rpc Get(Item) returns (Item) {
      ${http}
      option (edge) = {etag: "version"};
    }
    rpc Update(Change) returns (Item) {
      option (http) = {patch: "/v1/items/{id}" body: "*"};
      option (edge) = {if_match: "text"}; // wrong
    }`,
    messages: ITEM + CHANGE,
    says: ['text', 'if_match', 'repeated int64'],
  },
  {
    what: 'conditions without a GET at the same path',
    methods: `rpc Update(Change) returns (Item) {
      option (http) = {patch: "/v1/items/{id}" body: "*"};
      option (edge) = {if_match: "versions"}; // wrong
    }`,
    messages: ITEM + CHANGE,
    says: ['Update', 'if_match', 'GET'],
  },
  {
    what: 'conditions whose GET has no version',
    methods: `rpc Get(Item) returns (Item) {
      ${http}
    }
    rpc Update(Change) returns (Item) {
      option (http) = {patch: "/v1/items/{id}" body: "*"};
      option (edge) = {if_match: "versions"}; // wrong
    }`,
    messages: ITEM + CHANGE,
    says: ['Update', 'if_match', 'etag'],
  },
  {
    what: 'a required change without a body',
    methods: `rpc Touch(Item) returns (Item) {
      option (http) = {post: "/v1/items/{id}:touch"};
      option (edge) = {require_change: true}; // wrong
    }`,
    messages: ITEM,
    says: ['Touch', 'require_change', 'body'],
  },
];
