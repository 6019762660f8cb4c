import type { RefusalCase } from './refusal-case.ts';

const NAMED = 'message Named { string name = 1; }';

/** Wrong bodies, replies and queries. */
export const bodyCases: readonly RefusalCase[] = [
  {
    what: 'a body that names no field',
    methods: `rpc Create(Named) returns (Named) {
      option (http) = {post: "/v1/items" body: "item"}; // wrong
    }`,
    messages: NAMED,
    says: ['item', 'Named', 'body'],
  },
  {
    what: 'a body that names a field of a nested message',
    methods: `rpc Create(Holder) returns (Holder) {
      option (http) = {post: "/v1/items" body: "named.name"}; // wrong
    }`,
    messages: `${NAMED} message Holder { Named named = 1; }`,
    says: ['named.name', 'body'],
  },
  {
    what: 'a body that is also in the path',
    methods: `rpc Create(Named) returns (Named) {
      option (http) = {post: "/v1/items/{name}" body: "name"}; // wrong
    }`,
    messages: NAMED,
    says: ['name', 'body'],
  },
  {
    what: 'a GET with a body',
    methods: `rpc Get(Named) returns (Named) {
      option (http) = {get: "/v1/items" body: "*"}; // wrong
    }`,
    messages: NAMED,
    says: ['body', 'GET'],
  },
  {
    what: 'a reply that names no field',
    methods: `rpc Get(Named) returns (Named) {
      option (http) = {get: "/v1/items" response_body: "item"}; // wrong
    }`,
    messages: NAMED,
    says: ['item', 'response_body'],
  },
  {
    what: 'a map in the query',
    methods: `rpc Get(Labeled) returns (Labeled) {
      option (http) = {get: "/v1/items"}; // wrong
    }`,
    messages: `message Labeled {
      map<string, string> labels = 1; // wrong
    }`,
    says: ['labels', 'query'],
  },
  {
    what: 'a list of messages in the query',
    methods: `rpc Get(Holder) returns (Holder) {
      option (http) = {get: "/v1/items"}; // wrong
    }`,
    messages: `${NAMED}
    message Holder {
      repeated Named all = 1; // wrong
    }`,
    says: ['all', 'query'],
  },
  {
    what: 'a map in a nested message in the query',
    methods: `rpc Get(Holder) returns (Holder) {
      option (http) = {get: "/v1/items"}; // wrong
    }`,
    messages: `message Labeled {
      map<string, string> labels = 1; // wrong
    }
    message Holder {
      Labeled labeled = 1; // wrong
    }`,
    says: ['labels', 'query'],
  },
  {
    what: 'a message that holds itself in the query',
    methods: `rpc Get(Tree) returns (Tree) {
      option (http) = {get: "/v1/items"}; // wrong
    }`,
    messages: `message Tree {
      string name = 1;
      Tree child = 2; // wrong
    }`,
    says: ['child', 'query'],
  },
  {
    what: 'JSON without a schema in the query',
    methods: `rpc Get(Payload) returns (Payload) {
      option (http) = {get: "/v1/items"}; // wrong
    }`,
    messages: `message Payload {
      google.protobuf.Value value = 1; // wrong
    }`,
    says: ['value', 'query'],
  },
  {
    what: 'google.protobuf.Any in a request',
    methods: `rpc Create(Packed) returns (google.protobuf.Empty) {
      option (http) = {post: "/v1/items" body: "*"}; // wrong
    }`,
    messages: `message Packed {
      google.protobuf.Any content = 1; // wrong
    }`,
    says: ['content', 'google.protobuf.Any'],
  },
  {
    what: 'google.protobuf.Any in a reply',
    methods: `rpc Get(google.protobuf.Empty) returns (Packed) {
      option (http) = {get: "/v1/items"}; // wrong
    }`,
    messages: `message Packed {
      google.protobuf.Any content = 1; // wrong
    }`,
    says: ['content', 'google.protobuf.Any'],
  },
];
