// Jest loads this file with plain Node, so it takes the compiled harness: `npm test` builds before it tests.
import { startSharedServers } from '../dist/harness/shared-servers.js';

export default startSharedServers;
