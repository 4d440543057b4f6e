import { describe, expect, it } from '@jest/globals';
import { RouteTable } from './route-table.js';

describe('RouteTable', () => {
  const routes = new RouteTable();
  routes.add('GET', '/v1/evaluations/:year');
  routes.add(['PUT', 'PATCH'], '/v1/evaluations/:year');
  routes.add('POST', '/v1/evaluations/draft');
  routes.add('GET', '/docs/*');
  routes.add('GET', '/');

  it.each([
    ['/v1/evaluations/2020', ['GET', 'PATCH', 'PUT']],
    ['/v1/evaluations/2020?asOf=now', ['GET', 'PATCH', 'PUT']],
    ['/v1/evaluations/draft', ['GET', 'PATCH', 'POST', 'PUT']],
    ['/docs/', ['GET']],
    ['/docs/problems/x', ['GET']],
    ['/', ['GET']],
    ['/?x', ['GET']],
  ])('knows the methods of %s', (url, methods) => {
    expect(routes.methodsAt(url)).toEqual(methods);
  });

  it.each(['/v1/evaluations', '/v1/evaluations/', '/v1/evaluations/2020/x', '/docs', '/v2', '', '*'])(
    'knows nothing at %j',
    (url) => {
      expect(routes.methodsAt(url)).toEqual([]);
    },
  );
});
