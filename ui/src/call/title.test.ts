import { expect, test } from 'vitest';
import { sampleCall } from '../node/samples';
import { title } from './title';

test('the title says who is calling, to somebody who looks at another window', () => {
  expect(title(sampleCall({ caller: false, phase: { is: 'incoming' } }), 2)).toBe('Ada is calling');
  expect(title(sampleCall({ phase: { is: 'connected' } }), 0)).toBe('Ada – Dogeller');
  expect(title(sampleCall({ phase: { is: 'ended', reason: 'hung_up' } }), 0)).toBe('Dogeller');
  expect(title(null, 0)).toBe('Dogeller');
  expect(title(null, 3)).toBe('(3) Dogeller');
});
