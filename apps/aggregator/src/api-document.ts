/** The aggregator answers nobody but its operators: its OpenAPI document has the probes only. */
import { apiDocument } from '@landbridge/contracts';

export const aggregatorApi = apiDocument({
  service: 'aggregator',
  description: 'Folds the event topics into the view of figures. It has no routes of its own.',
  paths: {},
});
