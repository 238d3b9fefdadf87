import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { contextOfPath } from './openaddresses-row.ts';

test('a territory of the United States is a country of its own, and not a state', () => {
  for (const code of ['pr', 'gu', 'vi', 'as', 'mp']) {
    const wanted = { country: code.toUpperCase(), state: undefined };
    deepEqual(contextOfPath(`us/${code}/statewide.csv`, undefined), wanted);
    deepEqual(contextOfPath(`openaddr/us/${code}/a.csv`, undefined), wanted);
  }
  deepEqual(contextOfPath('us/tx/travis.csv', undefined), { country: 'US', state: 'TX' });
  deepEqual(contextOfPath('us/tx/travis.csv', 'US'), { country: 'US', state: 'TX' });
  deepEqual(contextOfPath('ca/as/a.csv', undefined), { country: 'CA', state: 'AS' });
  deepEqual(contextOfPath('us/pr/a.csv', 'US'), { country: 'US', state: 'PR' });
  deepEqual(contextOfPath('us/pr/a.csv', 'FR'), { country: 'FR', state: undefined });
});
