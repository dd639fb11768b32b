import { crashContract } from './crash.contract.js';

crashContract('production');
