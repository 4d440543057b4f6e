/** How files are named, how long they are, and what must not be left in them. */
import { factsOf } from './source-facts.js';
import { isTest, sourcesOf, type Rule } from './repository.js';

const lineCharactersMax = 140;
const fileLinesMax = 400;

/** A line longer than this is not read to its end; a file longer than this has a second subject. */
export const sizesAreReadable: Rule = (tree) =>
  sourcesOf(tree).flatMap(({ path, text }) => {
    const lines = text.split('\n');
    const faults = lines.flatMap((line, i) =>
      line.length > lineCharactersMax
        ? [`${path}:${i + 1}: has ${line.length} characters, over ${lineCharactersMax}`]
        : [],
    );
    if (lines.length - 1 > fileLinesMax) faults.push(`${path}: has ${lines.length - 1} lines, over ${fileLinesMax}`);
    return faults;
  });

/** One letter of each is in brackets, so that this file does not accuse itself. */
const markers = /\b(TO[D]O|FIX[M]E|HAC[K]|XX[X]:)(?![\w-])/;

/** Work is finished or not begun: a marker tells of neither. */
export const nothingIsUnfinished: Rule = (tree) =>
  tree
    .filter(({ path }) => /\.(ts|mjs|yaml|yml|md)$/.test(path))
    .flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, i) => {
        const marker = markers.exec(line)?.[1];
        return marker ? [`${path}:${i + 1}: says ${marker}`] : [];
      }),
    );

const partialRun = /^(it|test|describe)\.(only|skip|todo|failing)$/;
const partialName = /^(fit|xit|xtest|fdescribe|xdescribe)$/;
const ownCodeMocked = /^jest\.(mock|unstable_mockModule|doMock)$/;

/** Every test runs, and runs the real code. */
export const testsRunForReal: Rule = (tree) =>
  sourcesOf(tree)
    .filter(({ path }) => isTest(path))
    .flatMap((file) => {
      const { members, words } = factsOf(file);
      return [
        ...[...members].filter((member) => partialRun.test(member) || ownCodeMocked.test(member)),
        ...[...words].filter((word) => partialName.test(word)),
      ].map((word) => `${file.path}: uses ${word}`);
    });

const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.(controller|consumer|handler|filter|module|config))?(\.test)?\.(ts|mjs)$/;
const emptyWords = /(^|[-.])(utils?|helpers?|common|managers?|misc)([-.]|$)/;

/** A file is named after what it holds. */
export const filesAreNamed: Rule = (tree) =>
  sourcesOf(tree)
    .map(({ path }) => path)
    .filter((path) => {
      const name = path.slice(path.lastIndexOf('/') + 1);
      return !kebabCase.test(name) || emptyWords.test(name);
    })
    .map((path) => `${path}: is not named after what it holds, in kebab case`);
