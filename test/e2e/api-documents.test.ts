/** What the services say of themselves, asked of the real processes; Kafka and Redis may be away meanwhile. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePorts } from '@landbridge/native';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Compile } from 'typebox/compile';
import { startService, type Service } from '../harness/service.js';

/** Nothing listens there: the reserved port of the discard protocol. */
const nowhere = '127.0.0.1:9';

interface Media {
  readonly schema: Record<string, unknown>;
  readonly examples?: Record<string, { readonly value: unknown }>;
}
interface Document {
  readonly paths: Record<string, Record<string, { responses: Record<string, unknown>; operationId: string }>>;
  readonly components: { readonly schemas: Record<string, object> };
}

describe.each(['ingest', 'statistics', 'aggregator'])('the API document of %s', (name) => {
  let service: Service;
  let url: string;
  let document: Document;

  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    url = `http://127.0.0.1:${port}`;
    service = await startService({
      name,
      entry: `apps/${name}/dist/main.js`,
      env: {
        LANDBRIDGE_HTTP_PORT: String(port),
        LANDBRIDGE_KAFKA_BROKERS: nowhere,
        LANDBRIDGE_REDIS_URL: `redis://${nowhere}`,
      },
      readyUrl: `${url}/livez`,
    });
    document = (await (await fetch(`${url}/openapi.json`)).json()) as Document;
  });

  afterAll(async () => service.stop());

  it('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(structuredClone(document) as unknown as Record<string, unknown>);
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
  });

  it('names each operation once', () => {
    const ids = Object.values(document.paths).flatMap((item) =>
      Object.values(item).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('gives examples that its own schemas take', () => {
    const faults = mediaOf(document).flatMap(({ schema, examples = {} }) => {
      const check = Compile({ ...resolved(schema, document.components.schemas) });
      return Object.entries(examples).flatMap(([example, { value }]) =>
        check.Check(value) ? [] : [`${example}: ${JSON.stringify(check.Errors(value)[0])}`],
      );
    });
    expect(faults).toEqual([]);
  });

  it('is a page to read as well', async () => {
    const page = await fetch(`${url}/docs`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('swagger-ui');
  });
});

/** Every body and answer that has a schema. */
function mediaOf(value: unknown): Media[] {
  if (typeof value !== 'object' || value === null) return [];
  const { content } = value as { content?: Record<string, Media> };
  const own = content ? Object.values(content).filter(({ schema }) => schema !== undefined) : [];
  return [...own, ...Object.values(value).flatMap(mediaOf)];
}

/** A schema with what it refers to put in its place; the documents have no cycles. */
function resolved(schema: unknown, schemas: Record<string, object>): Record<string, unknown> {
  const inPlace = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inPlace);
    if (typeof value !== 'object' || value === null) return value;
    const { $ref } = value as { $ref?: string };
    if ($ref !== undefined) return inPlace(schemas[$ref.slice('#/components/schemas/'.length)]);
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inPlace(part)]));
  };
  return inPlace(schema) as Record<string, unknown>;
}
