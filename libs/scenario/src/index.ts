export { apportion } from './apportion.js';
export { demoSourcePrefix, liveSourcePrefix, scenarioSourcePrefix } from './event-frame.js';
export { liveEvents } from './live-events.js';
export { publishedFigures, type PublishedFigure } from './published-figures.js';
export { Recount, type RecountedFigure } from './recount.js';
export { scenarioEvents, scenarioSeed, shuffledScenario, type ScenarioRange } from './scenario.js';
export { SeededRandom } from './seeded-random.js';
