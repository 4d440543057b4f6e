/**
 * The shell of every service: Nest on Fastify with probes, problem answers, limits and an orderly end.
 *
 * Nest installs no body parsers here: Fastify's own JSON parser is kept, its text parser is not, and formats of our own arrive as bytes
 * (`rawContentTypes`). Nest's middleware layer is left out too; we use none, and it would run for each request.
 */
import 'reflect-metadata';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { HttpSettings } from '@landbridge/config';
import type { ApiDocument } from '@landbridge/contracts';
import { nestLogger, type HealthBoard, type Logger, type Metrics } from '@landbridge/telemetry';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DeclaredRoutes, serveApiDocs } from './api-docs.js';
import { ClientFaults } from './client-faults.js';
import { ConnectionTurns } from './connection-turns.js';
import { LingeringClose } from './lingering-close.js';
import { addProbes } from './probes.js';
import { answerProblem } from './problem-error.js';
import { fastifyProblems, ProblemFilter } from './problem-filter.js';
import { RouteTable } from './route-table.js';
import { Drain, exitOnSignals, shutdownDeadlines, stopInOrder, type ShutdownDeadlines } from './shutdown.js';

export interface HttpServiceOptions {
  readonly module: Type | DynamicModule;
  readonly settings: HttpSettings;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: HealthBoard;
  /** Served at `/openapi.json` and `/docs`; it must name exactly the routes that the module has. Without it there are no such pages. */
  readonly apiDocument?: ApiDocument;
  /** The largest body taken, for all routes that say nothing else. */
  readonly bodyBytesMax?: number;
  /** From the first byte of a request to the last of its body, milliseconds; then 408. */
  readonly bodyTimeoutMs?: number;
  /** Of a connection on which nothing moves while it is answered, milliseconds; then it is cut. */
  readonly stalledTimeoutMs?: number;
  /** Content types whose bodies controllers get as a Buffer, for example `application/cloudevents+json`. */
  readonly rawContentTypes?: readonly string[];
  readonly deadlines?: ShutdownDeadlines;
}

export interface HttpService {
  /** For what the shell does not know, such as `app.connectMicroservice` and `app.startAllMicroservices`. */
  readonly app: NestFastifyApplication;
  /** Where it listens, for example `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Ends the service in order, as a signal would, without ending the process. */
  stop(): Promise<void>;
}

/** Services without an intake of their own get small questions only. */
const defaultBodyBytesMax = 1_048_576;
const defaultBodyTimeoutMs = 10_000;
/** Twice as long as anything of ours is waited for. An answer that nobody reads is held in memory until then. */
const defaultStalledTimeoutMs = 30_000;
/** A header block is one or two packets; the rest of the time is for the body. */
const headersTimeoutMs = 5_000;
/** Longer than the 60 seconds after which load balancers end an idle connection, so that it is they who end it and no request is lost. */
const keepAliveTimeoutMs = 72_000;
/** A bound on memory and file descriptors; what comes beyond it is not accepted. */
const connectionsMax = 10_000;

/**
 * Boots the module and listens; resolves when requests are answered. From then on SIGTERM and SIGINT end the process in order.
 * Rejects when the module cannot start or the port is taken; everything that was opened is closed again.
 */
export async function startHttpService(options: HttpServiceOptions): Promise<HttpService> {
  const { app, drain } = await createShell(options);
  try {
    await app.listen(options.settings.port, options.settings.host);
  } catch (error) {
    await app.close();
    throw error;
  }
  const { health, logger, deadlines = shutdownDeadlines } = options;
  const server = app.getHttpServer();
  server.maxConnections = connectionsMax;
  let stopped: Promise<void> | undefined;
  const stop = () =>
    (stopped ??= stopInOrder({ health, drain, server, app, logger }, deadlines.drainMs).finally(ignoreSignals));
  const ignoreSignals = exitOnSignals(stop, { totalMs: deadlines.totalMs, logger });
  const url = await app.getUrl();
  logger.info({ url }, 'listening');
  return { app, url, stop };
}

/** The same service without a port and without signals, for tests by `app.inject`. The caller closes it. */
export async function createHttpApp(options: HttpServiceOptions): Promise<NestFastifyApplication> {
  const { app } = await createShell(options);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}

async function createShell(options: HttpServiceOptions): Promise<{ app: NestFastifyApplication; drain: Drain }> {
  const { module, logger, bodyBytesMax = defaultBodyBytesMax, bodyTimeoutMs = defaultBodyTimeoutMs } = options;
  const lingeringClose = new LingeringClose();
  const clientFaults = new ClientFaults(lingeringClose);
  const adapter = new FastifyAdapter({
    bodyLimit: bodyBytesMax,
    requestTimeout: bodyTimeoutMs,
    connectionTimeout: options.stalledTimeoutMs ?? defaultStalledTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    http: {
      requestTimeout: bodyTimeoutMs,
      headersTimeout: Math.min(headersTimeoutMs, bodyTimeoutMs),
      // How often Node looks for requests that are late; its default of 30 seconds would make any timeout of ours 40.
      connectionsCheckingInterval: Math.min(1_000, Math.ceil(bodyTimeoutMs / 4)),
    },
    clientErrorHandler: clientFaults.answer,
    // The router's own refusals (an address that is no path) pass no hook and no filter.
    frameworkErrors: (error: FastifyError, _request: FastifyRequest, reply: FastifyReply) => {
      void answerProblem(
        reply,
        fastifyProblems[error.code] ?? { code: 'invalid_parameter', detail: 'no such address' },
      );
    },
    // While the requests in flight end, one that comes on an open connection is answered, not turned away.
    return503OnClosing: false,
    skipMiddie: true,
  });
  const server = adapter.getInstance<FastifyInstance>();
  // Also for whoever hands a request to the router by hand.
  const { take } = new ConnectionTurns(server.routing.bind(server));
  server.routing = take;
  server.server.removeAllListeners('request').on('request', take);
  lingeringClose.watch(server.server);
  server.removeContentTypeParser('text/plain');
  if (options.rawContentTypes?.length)
    server.addContentTypeParser([...options.rawContentTypes], { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
  answerUnmatched(server);
  const routes = new DeclaredRoutes(server);
  addProbes(server, options);
  const drain = new Drain(server);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    logger: nestLogger(logger),
    abortOnError: false,
  });
  app.useGlobalFilters(new ProblemFilter(logger, clientFaults));
  const { apiDocument } = options;
  if (apiDocument !== undefined) {
    serveApiDocs(app, apiDocument);
    server.addHook('onReady', (done) => {
      routes.compare(apiDocument);
      done();
    });
  }
  return { app, drain };
}

/** 404, or 405 with Allow, before a body is read: what nobody takes need not be received. */
function answerUnmatched(server: FastifyInstance): void {
  const routes = new RouteTable();
  server.addHook('onRoute', ({ method, url }) => routes.add(method, url));
  server.addHook('onRequest', (request, reply, next) => {
    if (!request.is404) return next();
    const { headers, method } = request;
    if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined)
      reply.header('connection', 'close');
    const allowed = routes.methodsAt(request.url);
    if (allowed.length === 0) {
      void answerProblem(reply, { code: 'not_found', detail: 'there is nothing at this address' });
      return;
    }
    const allow = allowed.join(', ');
    void answerProblem(
      reply,
      { code: 'method_not_allowed', detail: `this address takes ${allow}, not ${method}` },
      { allow },
    );
  });
}
