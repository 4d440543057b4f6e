/** A comparison of the view with the log, told to a person or to a program. */
import { decimalsOf, decimalText, measures, type MeasureName } from '@landbridge/domain';
import { summedMeasures, type Comparison, type DifferingCell } from '@landbridge/view';
import { count, type Terminal } from './terminal.js';

/** Differing cells shown to a person; `--json` gives all that are kept. */
const examplesShownMax = 10;
const known: ReadonlySet<string> = new Set(summedMeasures);

/** How the two sides are called at the head of the table. */
export interface Sides {
  readonly view: string;
  readonly recounted: string;
}

/** Prints the measures, and the first cells that differ. Figures are in the unit of the public answers, with full precision. */
export function tellComparison(
  { measures: rows, cells, differingCells, examples }: Comparison,
  sides: Sides,
  terminal: Terminal,
): void {
  if (rows.length > 0) {
    const table = [
      ['measure', sides.view, sides.recounted, 'difference', ''],
      ...rows.map(({ measure, view, recounted, difference }) => [
        measure,
        figure(measure, view),
        figure(measure, recounted),
        figure(measure, difference),
        isMeasure(measure) ? measures[measure].unit : '',
      ]),
    ];
    const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
    for (const [i, row] of table.entries()) {
      const line = row.map((text, column) =>
        column === 0 || column === 4 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!),
      );
      const differs = i > 0 && rows[i - 1]!.difference > 0n;
      terminal.print(`  ${differs ? terminal.style('red', line.join('  ')) : line.join('  ')}`.trimEnd());
    }
  }
  const verdict = differingCells === 0 ? 'none differs' : `${count(differingCells)} differ`;
  terminal.print(`${count(cells)} cells compared, ${terminal.style(differingCells === 0 ? 'green' : 'red', verdict)}`);
  for (const example of examples.slice(0, examplesShownMax)) terminal.print(`  ${cellLine(example, sides)}`);
  if (differingCells > examplesShownMax) terminal.print(`  and ${count(differingCells - examplesShownMax)} more`);
}

/** The comparison for a program: sums as texts of integers in base units, because JSON numbers would lose digits. */
export function comparisonJson({ measures: rows, cells, differingCells, examples }: Comparison): object {
  return {
    measures: rows.map(({ measure, view, recounted, difference }) => ({
      measure,
      view: String(view),
      recounted: String(recounted),
      difference: String(difference),
    })),
    cells,
    differingCells,
    examples,
  };
}

function cellLine({ topic, partition, time, series, view, recounted }: DifferingCell, sides: Sides): string {
  const amounts = (list: readonly number[]): string => (list.length === 0 ? 'nothing' : list.join(','));
  return `${topic}:${partition} ${time} ${series}: ${sides.view} ${amounts(view)}, ${sides.recounted} ${amounts(recounted)}`;
}

function figure(measure: string, amount: bigint): string {
  return isMeasure(measure) ? decimalText(amount, decimalsOf(measure)) : String(amount);
}

function isMeasure(name: string): name is MeasureName {
  return known.has(name);
}
