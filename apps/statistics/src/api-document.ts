/** The OpenAPI document of the statistics service: the read side. */
import { apiDocument, jsonContent, problemResponses, StatisticsAnswer } from '@landbridge/contracts';
import { groupings, hubs, measures } from '@landbridge/domain';
import { filterRules } from './question.js';

const filterDescriptions: Readonly<Record<(typeof groupings)[number], string>> = {
  hub: `Code of a hub: ${hubs.map(({ code }) => code).join(', ')}.`,
  direction: 'Inbound, outbound or transit, as seen from the hub.',
  corridor: 'One of the four Silk Roads.',
  partner: 'ISO 3166-1 alpha-2 of the country or region at the other end; CN is domestic.',
  carrier: 'Code of the carrier, such as CV.',
  brand: 'Product brand of a train service, such as cainiao.',
  tradeMode: 'Customs supervision mode, such as 1210.',
  portOfEntry: 'Code of a port of entry of the 1+1+7 system.',
  flow: 'Domestic or international.',
};

const query = (name: string, description: string, schema: object, required = false) => ({
  name,
  in: 'query',
  required,
  description,
  schema,
});

export const statisticsApi = apiDocument({
  service: 'statistics',
  description:
    'Figures of the hub, exact, from the events that were folded until now. Weight is in tonnes, value in yuan, both with full precision.',
  schemas: { StatisticsAnswer },
  paths: {
    '/v1/statistics': {
      get: {
        operationId: 'askFigure',
        summary: 'One measure in one period, with groups and growth',
        tags: ['figures'],
        parameters: [
          query('measure', 'What is asked for.', { enum: Object.keys(measures) }, true),
          query(
            'period',
            'A year, half, quarter, month, day, or a range of months, on the clock of the hub (Asia/Shanghai).',
            { type: 'string', examples: ['2020', '2020-H1', '2020-Q2', '2020-06', '2020-06-30', '2020-01/2020-08'] },
            true,
          ),
          query('by', 'One row for each value of this dimension.', { enum: [...groupings] }),
          query('compare', 'Adds the same period a year before, and the growth.', { enum: ['previous-year'] }),
          ...groupings.map((name) => query(name, filterDescriptions[name], filterRules[name].schema)),
        ],
        responses: {
          200: {
            description: 'The figure. Numbers are exact decimals.',
            content: jsonContent('StatisticsAnswer', {
              throughput: {
                summary: 'Air cargo and mail, first half of 2020, with growth',
                value: {
                  measure: 'air.weight',
                  unit: 't',
                  period: '2020-H1',
                  filters: {},
                  value: 255_000,
                  previous: 209_876.5432,
                  growth: 0.215,
                  asOf: '2026-01-02T03:04:05.678Z',
                },
              },
            }),
          },
          ...problemResponses(['invalid_parameter', 'view_unavailable', 'internal']),
        },
      },
    },
  },
});
