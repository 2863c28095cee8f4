import { expect, test } from 'vitest';
import { samplePeer } from '../node/samples';
import { arrange } from './people';

const names = (peers: readonly { name: string }[]) => peers.map(({ name }) => name);

test('who is here comes by name, whatever they do; who is not here comes apart', () => {
  const { active, away } = arrange([
    samplePeer('zoë', { presence: 'in_call' }),
    samplePeer('Ben', { presence: 'offline' }),
    samplePeer('Ada 10', { presence: 'away' }),
    samplePeer('Ada 9'),
  ]);
  expect(names(active)).toEqual(['Ada 9', 'Ada 10', 'zoë']);
  expect(names(away)).toEqual(['Ben']);
});

test('two of one name keep their order', () => {
  const first = samplePeer('Ada', { peer: '1' });
  const second = samplePeer('Ada', { peer: '2' });
  expect(arrange([second, first]).active).toEqual(arrange([first, second]).active);
});

test('search finds parts of names without case and accents', () => {
  const { active } = arrange([samplePeer('José Álvarez'), samplePeer('Ada')], ' jose ');
  expect(names(active)).toEqual(['José Álvarez']);
});
