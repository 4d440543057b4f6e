import { adminTokenFile, demoKeyFile, logFile } from '../data-folder.js';
import { loopback } from '../service-addresses.js';
import type { Terminal } from '../terminal.js';
import type { Ports } from '../tool-settings.js';
import { figureLine, figureUrl, isPublished, type AnsweredFigure } from './figure-check.js';

export interface ReadyFacts {
  readonly folder: string;
  readonly ports: Ports;
  readonly figures: readonly AnsweredFigure[];
  /** Time from the start of the command. */
  readonly seconds: number;
  readonly terminal: Terminal;
}

/** What a person sees when everything runs: where things are, the figures, and what to try first. */
export function readyBlock({ folder, ports, figures, seconds, terminal }: ReadyFacts): readonly string[] {
  const http = (port: number): string => `http://${loopback}:${port}`;
  const key = demoKeyFile(folder);
  return [
    '',
    `${terminal.style('bold', 'Landbridge is ready')} after ${seconds.toFixed(1)} s`,
    '',
    `  ingest      ${http(ports.ingest)}      statistics  ${http(ports.statistics)}`,
    `  aggregator  ${http(ports.aggregator)}      prometheus  ${http(ports.prometheus)}`,
    `  kafka       ${loopback}:${ports.kafka}             redis       ${loopback}:${ports.redis}`,
    `  docs        ${http(ports.ingest)}/docs                 ${http(ports.statistics)}/docs`,
    `  admin       ${http(ports.admin)}/admin/v1/state       token in ${adminTokenFile(folder)}`,
    `  data        ${folder}`,
    `  demo key    ${key}`,
    `  logs        ${logFile(folder, '*')}`,
    '',
    ...figures.map((answered) => `  ${isPublished(answered) ? ' ' : '!'} ${figureLine(answered)}`),
    '',
    '  Try:',
    ...tryLines(ports, key, figures).map((line) => `    ${line}`),
    '',
    '  Ctrl-C stops everything.',
  ];
}

function tryLines(ports: Ports, key: string, figures: readonly AnsweredFigure[]): readonly string[] {
  const statistics = `http://${loopback}:${ports.statistics}`;
  const event = {
    specversion: '1.0',
    id: 'try-1',
    source: '/demo/try',
    type: 'landbridge.air.event.v1',
    subject: 'CV9745/today',
    time: '2021-06-01T10:00:00+08:00',
    data: {
      classifier: 'actual',
      milestone: 'departed',
      hub: 'CGO',
      corridor: 'air',
      direction: 'outbound',
      partner: 'LU',
      unit: { type: 'flight', id: 'CV9745/today' },
      quantities: { weightGrams: 98_000_000 },
    },
  };
  const graph = new URLSearchParams({
    'g0.expr': 'sum by (measure) (rate(landbridge_throughput_total[1m]))',
    'g0.tab': '0',
    'g0.range_input': '15m',
  });
  return [
    `curl -s '${figureUrl(statistics, figures[0]!.figure)}'`,
    `curl -s -H "Authorization: Bearer $(cat '${key}')" -H 'Content-Type: application/cloudevents+json' ` +
      `-d '${JSON.stringify(event)}' http://${loopback}:${ports.ingest}/v1/events`,
    `http://${loopback}:${ports.prometheus}/graph?${graph.toString()}   (in a browser)`,
  ];
}
