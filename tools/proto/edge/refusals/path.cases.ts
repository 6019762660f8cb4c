import type { RefusalCase } from './refusal-case.ts';

const NAMED = 'message Named { string name = 1; }';

/** Wrong path templates. */
export const pathCases: readonly RefusalCase[] = [
  {
    what: 'a path variable that names no field of the request',
    methods: `rpc Get(Named) returns (Named) {
      option (http) = {get: "/v1/{nam}"}; // wrong
    }`,
    messages: NAMED,
    says: ['nam', 'Named'],
  },
  {
    what: 'a path variable that names no field of a nested message',
    methods: `rpc Get(Holder) returns (Holder) {
      option (http) = {get: "/v1/{named.title}"}; // wrong
    }`,
    messages: `${NAMED} message Holder { Named named = 1; }`,
    says: ['named.title'],
  },
  {
    what: 'a path variable below a text',
    methods: `rpc Get(Named) returns (Named) {
      option (http) = {get: "/v1/{name.first}"}; // wrong
    }`,
    messages: NAMED,
    says: ['name.first'],
  },
  {
    what: 'a path variable that is a list',
    methods: `rpc Get(Names) returns (Names) {
      option (http) = {get: "/v1/{names}"}; // wrong
    }`,
    messages: 'message Names { repeated string names = 1; }',
    says: ['names'],
  },
  {
    what: 'a path variable below a list',
    methods: `rpc Get(Holder) returns (Holder) {
      option (http) = {get: "/v1/{all.name}"}; // wrong
    }`,
    messages: `${NAMED} message Holder { repeated Named all = 1; }`,
    says: ['all'],
  },
  {
    what: 'a path variable that is a map',
    methods: `rpc Get(Names) returns (Names) {
      option (http) = {get: "/v1/{names}"}; // wrong
    }`,
    messages: 'message Names { map<string, string> names = 1; }',
    says: ['names'],
  },
  {
    what: 'a path variable that is a message',
    methods: `rpc Get(Holder) returns (Holder) {
      option (http) = {get: "/v1/{named}"}; // wrong
    }`,
    messages: `${NAMED} message Holder { Named named = 1; }`,
    says: ['named'],
  },
  {
    what: 'a path variable of several segments that is not a text',
    methods: `rpc Get(Numbered) returns (Numbered) {
      option (http) = {get: "/v1/{number=items/*}"}; // wrong
    }`,
    messages: 'message Numbered { int32 number = 1; }',
    says: ['number'],
  },
  {
    what: 'a path with the same variable twice',
    methods: `rpc Get(Named) returns (Named) {
      option (http) = {get: "/v1/{name}/again/{name}"}; // wrong
    }`,
    messages: NAMED,
    says: ['name'],
  },
  {
    what: 'a path that does not begin with a slash',
    methods: `rpc Get(Named) returns (Named) {
      option (http) = {get: "v1/{name}"}; // wrong
    }`,
    messages: NAMED,
    says: ['v1/{name}', '/'],
  },
  {
    what: 'a path with an open brace',
    methods: `rpc Get(Named) returns (Named) {
      option (http) = {get: "/v1/{name"}; // wrong
    }`,
    messages: NAMED,
    says: ['/v1/{name'],
  },
  {
    what: 'a path with an empty segment',
    methods: `rpc Get(Named) returns (Named) {
      option (http) = {get: "/v1//{name}"}; // wrong
    }`,
    messages: NAMED,
    says: ['/v1//{name}'],
  },
  {
    what: 'a path with a text before a variable in one segment',
    methods: `rpc Get(Named) returns (Named) {
      option (http) = {get: "/v1/item-{name}"}; // wrong
    }`,
    messages: NAMED,
    says: ['/v1/item-{name}'],
  },
  {
    what: 'a path in which a segment follows **',
    methods: `rpc Get(Named) returns (Named) {
      option (http) = {get: "/v1/{name=files/**}/content"}; // wrong
    }`,
    messages: NAMED,
    says: ['**'],
  },
  {
    what: 'a variable within a variable',
    methods: `rpc Get(Named) returns (Named) {
      option (http) = {get: "/v1/{name=items/{name}}"}; // wrong
    }`,
    messages: NAMED,
    says: ['/v1/{name=items/{name}}'],
  },
  {
    what: 'two methods with the same HTTP method and path',
    methods: `rpc Get(Named) returns (Named) {
      option (http) = {get: "/v1/items/{name}"};
    }
    rpc Read(Named) returns (Named) {
      option (http) = {get: "/v1/items/{name}"}; // wrong
    }`,
    messages: NAMED,
    says: ['/v1/items/{name}', 'Get', 'Read'],
  },
  {
    what: 'two methods whose paths differ only in the name of a variable',
    methods: `rpc Get(Item) returns (Item) {
      option (http) = {get: "/v1/items/{id}"};
    }
    rpc Read(Item) returns (Item) {
      option (http) = {get: "/v1/items/{name}"}; // wrong
    }`,
    messages: 'message Item { string id = 1; string name = 2; }',
    says: ['/v1/items/{name}', 'Get', 'Read'],
  },
  {
    what: 'a method with the same binding twice',
    methods: `rpc Get(Named) returns (Named) {
      option (http) = {get: "/v1/{name}" additional_bindings: {get: "/v1/{name}"}}; // wrong
    }`,
    messages: NAMED,
    says: ['/v1/{name}', 'Get'],
  },
  {
    what: 'an annotation without a path',
    methods: `rpc Get(Named) returns (Named) {
      option (http) = {body: "*"}; // wrong
    }`,
    messages: NAMED,
    says: ['Get'],
  },
  {
    what: 'a binding below an additional binding',
    methods: `rpc Get(Named) returns (Named) {
      option (http) = {get: "/v1/{name}" additional_bindings: {get: "/v2/{name}" additional_bindings: {get: "/v3/{name}"}}}; // wrong
    }`,
    messages: NAMED,
    says: ['additional_bindings'],
  },
  {
    what: 'options for HTTP without google.api.http',
    methods: `rpc Get(Named) returns (Named) {
      option (edge) = {access: PUBLIC}; // wrong
    }`,
    messages: NAMED,
    says: ['Get', 'google.api.http'],
  },
  {
    what: 'a stream of requests',
    methods: `rpc Upload(stream Named) returns (Named) {
      option (http) = {post: "/v1/items" body: "*"}; // wrong
    }`,
    messages: NAMED,
    says: ['Upload', 'stream'],
  },
];
