/**
 * OpenAPI 3.1 documents of our services: what all of them share. A service describes its own routes beside their controller and hands them
 * in here; schemas, problems and probes come from the contracts, so a document cannot say anything that the code does not.
 * The shell in `libs/http` refuses to start a service whose routes and document differ.
 * @see https://spec.openapis.org/oas/v3.1.0
 */
import { problemContentType, problemDetails, problems, type Problem, type ProblemCode } from './problems.js';

/** A part of an OpenAPI document: plain JSON. */
export type JsonObject = { readonly [name: string]: unknown };

export interface ApiDescription {
  /** Name of the service, as in `landbridge.ingest`. */
  readonly service: string;
  /** What it is for, in Markdown. */
  readonly description: string;
  /** OpenAPI path items by path (`/v1/statistics`, `/v1/messages/{format}`). */
  readonly paths: { readonly [path: string]: JsonObject };
  /** Schemas that `$ref` may name as `#/components/schemas/<name>`, beside `Problem` and `Readiness`. */
  readonly schemas?: { readonly [name: string]: object };
  /** Security schemes by name, where the service has any. */
  readonly securitySchemes?: { readonly [name: string]: JsonObject };
}

export interface ApiDocument {
  readonly openapi: '3.1.0';
  readonly info: JsonObject;
  readonly servers: readonly JsonObject[];
  readonly paths: { readonly [path: string]: JsonObject };
  readonly components: JsonObject;
}

/** The version of the public contract, not of the program: paths carry its major as `/v1`. */
const contractVersion = '1.0.0';

/** Completes a service's description to its OpenAPI document. */
export function apiDocument(description: ApiDescription): ApiDocument {
  return {
    openapi: '3.1.0',
    info: {
      title: `Landbridge ${description.service}`,
      version: contractVersion,
      description: description.description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This service.' }],
    paths: { ...description.paths, ...probePaths },
    components: {
      schemas: { ...description.schemas, Problem: problemSchema, Readiness: readinessSchema },
      ...(description.securitySchemes ? { securitySchemes: description.securitySchemes } : {}),
    },
  };
}

/** A reference to a schema of the document. */
export function schemaRef(name: string): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

/** A body or answer of JSON: its schema by name, with examples by name. */
export function jsonContent(schemaName: string, examples?: { readonly [name: string]: JsonObject }): JsonObject {
  return { 'application/json': { schema: schemaRef(schemaName), ...(examples ? { examples } : {}) } };
}

/** The responses of an operation that ends with one of these problems: one for each status, naming its codes. */
export function problemResponses(codes: readonly ProblemCode[]): { readonly [status: string]: JsonObject } {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    const { status } = problems[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codesOfStatus]) => [
      String(status),
      {
        description: codesOfStatus.map((code) => `\`${code}\`: ${problems[code].title}`).join('\n\n'),
        ...(codesOfStatus.some((code) => problems[code].retryable)
          ? { headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer', minimum: 0 } } } }
          : {}),
        content: problemContent(codesOfStatus.map((code) => ({ code, detail: problems[code].title }))),
      },
    ]),
  );
}

/** The body of an answer that is one of these problems, each an example. */
export function problemContent(examples: readonly Problem[]): JsonObject {
  const byCode = examples.map((problem) => [problem.code, { value: problemDetails(problem) }] as const);
  return { [problemContentType]: { schema: schemaRef('Problem'), examples: Object.fromEntries(byCode) } };
}

const problemSchema = {
  type: 'object',
  description: 'Problem details (RFC 9457).',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string', description: 'Address of the explanation, relative to this service.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { enum: Object.keys(problems) },
    path: { type: 'string', description: 'The field, parameter or header at fault, or the place in a message.' },
    rule: { type: 'string', description: 'Of a message: the rule that was broken, by standard and section.' },
    expected: { type: 'string', description: 'What would have been right.' },
  },
} as const;

const readinessSchema = {
  type: 'object',
  required: ['ready', 'checks'],
  properties: { ready: { type: 'boolean' }, checks: { type: 'object' } },
} as const;

const textAnswer = (description: string, type: string): JsonObject => ({
  description,
  content: { [type]: { schema: { type: 'string' } } },
});

/** What every service answers; the shell adds the routes. */
const probePaths: { readonly [path: string]: JsonObject } = {
  '/livez': {
    get: {
      operationId: 'isAlive',
      summary: 'Whether the process answers at all',
      tags: ['operations'],
      responses: {
        200: {
          description: 'It does.',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['service', 'alive'],
                properties: { service: { type: 'string' }, alive: { const: true } },
              },
            },
          },
        },
      },
    },
  },
  '/readyz': {
    get: {
      operationId: 'isReady',
      summary: 'Whether the service can do its work now',
      tags: ['operations'],
      responses: {
        200: { description: 'It can.', content: jsonContent('Readiness') },
        503: { description: 'It cannot; the checks say why.', content: jsonContent('Readiness') },
      },
    },
  },
  '/metrics': {
    get: {
      operationId: 'metrics',
      summary: 'Metrics in the text format of Prometheus',
      tags: ['operations'],
      responses: { 200: textAnswer('All series of this process.', 'text/plain') },
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'apiDocument',
      summary: 'This document',
      tags: ['documentation'],
      responses: {
        200: { description: 'OpenAPI 3.1.', content: { 'application/json': { schema: { type: 'object' } } } },
      },
    },
  },
  '/docs': {
    get: {
      operationId: 'apiPage',
      summary: 'This document as a page to read and try (Swagger UI)',
      tags: ['documentation'],
      responses: { 200: textAnswer('HTML.', 'text/html') },
    },
  },
  '/docs/problems': {
    get: {
      operationId: 'problemPage',
      summary: 'Every problem code, explained',
      tags: ['documentation'],
      responses: { 200: textAnswer('HTML.', 'text/html') },
    },
  },
};
