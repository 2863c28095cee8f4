import { describe, expect, test } from 'vitest';
import { canShareScreen, open, openBoth, openScreen } from './devices';
import { FakeDevices, FakeTrack } from './fakes';

const HOW = { cleaning: 'by_browser', facing: 'user' } as const;

async function both(devices: FakeDevices) {
  const { microphone, camera } = openBoth(devices.as(), HOW);
  return { microphone: await microphone, camera: await camera };
}

describe('both at once', () => {
  test('are two requests where permission is given, so that sound does not wait for a slow camera', async () => {
    const devices = new FakeDevices();
    const release = devices.hold('video');
    const { microphone, camera } = openBoth(devices.as(), HOW);
    expect((await microphone).ok).toBe(true);
    release();
    expect((await camera).ok).toBe(true);
    expect(devices.asked).toEqual(['audio', 'video']);
  });

  test('are one request on Android and where the person will be asked', async () => {
    const android = new FakeDevices();
    android.userAgent = 'Mozilla/5.0 (Linux; Android 16)';
    const asking = new FakeDevices();
    asking.permission = 'prompt';
    for (const devices of [android, asking]) {
      const opened = await both(devices);
      expect([opened.microphone.ok, opened.camera.ok]).toEqual([true, true]);
      expect(devices.asked).toEqual(['audio+video']);
    }
  });

  test('one request that fails goes on with what there is', async () => {
    const devices = new FakeDevices();
    devices.permission = 'prompt';
    devices.refuse('video', 'NotReadableError');
    const opened = await both(devices);
    expect(opened.microphone.ok).toBe(true);
    expect(opened.camera).toEqual({ ok: false, why: 'busy' });

    devices.refuse('video', null);
    devices.refuse('audio', 'NotFoundError');
    const silent = await both(devices);
    expect(silent.microphone).toEqual({ ok: false, why: 'missing' });
    expect(silent.camera.ok).toBe(true);
  });

  test('with nothing there each says why', async () => {
    const devices = new FakeDevices();
    devices.refuse('audio', 'NotAllowedError');
    devices.refuse('video', 'NotAllowedError');
    expect(await both(devices)).toEqual({
      microphone: { ok: false, why: 'refused' },
      camera: { ok: false, why: 'refused' },
    });
  });
});

test.each([
  ['NotAllowedError', 'refused'],
  ['SecurityError', 'refused'],
  ['NotFoundError', 'missing'],
  ['OverconstrainedError', 'missing'],
  ['NotReadableError', 'busy'],
  ['AbortError', 'busy'],
  ['TypeError', 'unavailable'],
])('%s means %s', async (error, why) => {
  const devices = new FakeDevices();
  devices.refuse('video', error);
  expect(await open(devices.as(), 'camera', HOW)).toEqual({ ok: false, why });
});

test('a page without devices says so', async () => {
  expect(await open({ userAgent: '' }, 'microphone', HOW)).toEqual({ ok: false, why: 'unavailable' });
  expect(canShareScreen({ userAgent: '' })).toBe(false);
});

test('choosing no screen is an answer, not an error', async () => {
  const devices = new FakeDevices();
  expect(await openScreen(devices.as())).toBeInstanceOf(FakeTrack);
  devices.screen = null;
  expect(await openScreen(devices.as())).toBeNull();
});
