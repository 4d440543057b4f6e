import { stopSharedServers } from '../dist/harness/shared-servers.js';

export default stopSharedServers;
