export { createHttpApp, startHttpService, type HttpService, type HttpServiceOptions } from './http-service.js';
export { answerProblem, ProblemError, type ProblemHeaders } from './problem-error.js';
export { shutdownDeadlines, type ShutdownDeadlines } from './shutdown.js';
