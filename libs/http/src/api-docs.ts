/**
 * What a service says of itself: `/openapi.json`, `/docs` (Swagger UI with its files from this server, nothing from elsewhere) and
 * `/docs/problems`, to which the `type` of every problem answer points.
 *
 * The document is written beside the routes and not collected from decorators: our hot routes are Fastify's own and have none. So that the
 * two cannot differ, a service whose routes are not exactly those of its document does not start.
 */
import { problems, type ApiDocument, type ProblemCode } from '@landbridge/contracts';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';

const docsPath = '/docs';
/** Routes of the page itself and of its files. */
const pageRoute = /^\/docs\/(?!problems$)|^\/docs$/;

/** Collects the declared routes from now on; `compare` is called when all of them are there. */
export class DeclaredRoutes {
  readonly #operations = new Set<string>();

  constructor(server: FastifyInstance) {
    server.addHook('onRoute', ({ method, url }) => {
      for (const name of [method].flat())
        // Fastify answers HEAD and OPTIONS by itself.
        if (name !== 'HEAD' && name !== 'OPTIONS') this.#operations.add(operation(name, url));
    });
  }

  /** Throws when a route has no operation in the document, or an operation no route. */
  compare(document: ApiDocument): void {
    const documented = new Set(
      Object.entries(document.paths).flatMap(([path, item]) =>
        Object.keys(item).flatMap((method) => (methods.has(method) ? [operation(method, path)] : [])),
      ),
    );
    const routes = new Set([...this.#operations].filter((route) => !pageRoute.test(route.split(' ')[1]!)));
    routes.add(operation('GET', docsPath));
    const faults = [
      ...[...routes].filter((route) => !documented.has(route)).map((route) => `${route} is not in the API document`),
      ...[...documented].filter((route) => !routes.has(route)).map((route) => `${route} is documented and no route`),
    ];
    if (faults.length > 0) throw new Error(faults.join('; '));
  }
}

const methods: ReadonlySet<string> = new Set(['get', 'put', 'post', 'delete', 'patch']);

/** `POST /v1/messages/{}`: names of parameters do not tell routes apart. */
function operation(method: string, path: string): string {
  return `${method.toUpperCase()} ${path.replaceAll(/:[^/]+|\{[^/]+\}/g, '{}')}`;
}

/** Adds the routes of a document to a service that does not listen yet. */
export function serveApiDocs(app: NestFastifyApplication, document: ApiDocument): void {
  const server = app.getHttpAdapter().getInstance();
  const page = problemPage();
  server.get(`${docsPath}/problems`, (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
  // Their type knows neither `const` nor numbers as keys; the document is checked against the specification by a test.
  SwaggerModule.setup(docsPath, app, document as unknown as OpenAPIObject, {
    jsonDocumentUrl: '/openapi.json',
    raw: ['json'],
    customSiteTitle: String(document.info['title']),
  });
}

function problemPage(): string {
  const rows = (Object.keys(problems) as ProblemCode[]).map((code) => {
    const { status, retryable, title } = problems[code];
    return `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${retryable ? 'yes' : 'no'}</td><td>${title}</td></tr>`;
  });
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Landbridge: problems</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
td, th { text-align: left; padding: .3rem .8rem .3rem 0; vertical-align: top }
tr:target { background: #fff3c4 }
</style>
<h1>Problems</h1>
<p>Each answer that refuses something names one of these codes. «Again» says whether the same request may succeed later.</p>
<table><tr><th>code<th>status<th>again<th>meaning</tr>${rows.join('\n')}</table></html>
`;
}
