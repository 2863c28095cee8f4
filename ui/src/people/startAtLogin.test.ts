import { expect, test } from 'vitest';
import { StartAtLogin } from './startAtLogin';

function system(keeps = true) {
  let on = false;
  return {
    starts: async () => on,
    start: async (wanted: boolean) => {
      if (!keeps) throw new Error('not_kept');
      on = wanted;
    },
  };
}

test('what was chosen is what the system says afterwards', async () => {
  const login = new StartAtLogin(system());
  await login.look();
  expect(login.on.value).toBe(false);
  await login.choose(true);
  expect([login.on.value, login.failed.value]).toEqual([true, false]);
});

test('what the system does not keep is not shown as kept', async () => {
  const login = new StartAtLogin(system(false));
  await login.choose(true);
  expect([login.on.value, login.failed.value]).toEqual([false, true]);
});

test('a browser has no say in it', async () => {
  const login = new StartAtLogin(undefined);
  await login.look();
  expect(login.on.value).toBeNull();
});
