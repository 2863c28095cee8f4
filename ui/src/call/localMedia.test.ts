import { describe, expect, test } from 'vitest';
import type { Capture } from './devices';
import { FakeDevices, FakeTrack } from './fakes';
import { LocalMedia } from './localMedia';

const settle = () => new Promise((resolve) => setTimeout(resolve));
const BOTH = { microphone: true, camera: true };
const NONE = { microphone: false, camera: false };

function build(change: (devices: FakeDevices) => void = () => undefined) {
  const devices = new FakeDevices();
  change(devices);
  return { devices, local: new LocalMedia(devices.as(), 'by_browser') };
}

test('opens what is wanted and closes it at once', async () => {
  const { devices, local } = build();
  local.want(BOTH);
  expect(local.opening.value).toBe(true);
  await settle();
  expect([local.microphone.value.is, local.camera.value.is]).toEqual(['on', 'on']);
  local.want(NONE);
  expect(devices.tracks.map(({ readyState }) => readyState)).toEqual(['ended', 'ended']);
  expect(local.anyOpen.value).toBe(false);
});

test('a camera that comes after the call ended is closed and never shown', async () => {
  const { devices, local } = build();
  const release = devices.hold('video');
  local.want(BOTH);
  await settle();
  local.want(NONE);
  release();
  await settle();
  expect(local.camera.value.is).toBe('off');
  expect(devices.tracks.every(({ readyState }) => readyState === 'ended')).toBe(true);
});

test('fast clicks on the camera end with one camera, and with what was clicked last', async () => {
  const { devices, local } = build();
  const release = devices.hold('video');
  for (const camera of [true, false, true, false, true]) local.want({ microphone: false, camera });
  release();
  await settle();
  expect(devices.asked).toEqual(['video']);
  expect(local.camera.value.is).toBe('on');
  expect(devices.tracks.filter(({ readyState }) => readyState === 'live')).toHaveLength(1);
});

test('what failed is tried again only when asked to', async () => {
  const { devices, local } = build((devices) => devices.refuse('video', 'NotReadableError'));
  local.want(BOTH);
  await settle();
  expect(local.camera.value).toEqual({ is: 'failed', why: 'busy' });
  local.want(BOTH);
  await settle();
  expect(devices.asked.filter((kind) => kind === 'video')).toHaveLength(1);
  devices.refuse('video', null);
  local.retry();
  await settle();
  expect(local.camera.value.is).toBe('on');
});

test('a camera that is pulled out is lost, and said so', async () => {
  const { devices, local } = build();
  local.want(BOTH);
  await settle();
  devices.tracks.find(({ kind }) => kind === 'video')?.vanish();
  expect(local.camera.value).toEqual({ is: 'failed', why: 'lost' });
  expect(local.microphone.value.is).toBe('on');
});

test('the wait for devices ends with the first one open, or with none left to wait for', async () => {
  const { devices, local } = build();
  devices.hold('video');
  local.want(BOTH);
  await local.opened(60_000);
  expect(local.microphone.value.is).toBe('on');

  const refused = build((all) => {
    all.refuse('audio', 'NotAllowedError');
    all.refuse('video', 'NotAllowedError');
  }).local;
  refused.want(BOTH);
  await refused.opened(60_000);
  expect(refused.opening.value).toBe(false);
});

test('the wait for devices has an end', async () => {
  const { devices, local } = build();
  devices.hold('audio');
  devices.hold('video');
  local.want(BOTH);
  await local.opened(5);
  expect(local.opening.value).toBe(true);
});

test('a screen chosen after the call ended is not shown', async () => {
  const { devices, local } = build();
  const screen = new FakeTrack('video', 'screen');
  devices.screen = screen;
  await local.shareScreen(() => false);
  expect(local.screen.value).toBeNull();
  expect(screen.readyState).toBe('ended');
});

test("the browser's own button ends the sharing too", async () => {
  const { devices, local } = build();
  const screen = new FakeTrack('video', 'screen');
  devices.screen = screen;
  await local.shareScreen(() => true);
  expect(local.screen.value).toBe(screen);
  screen.vanish();
  expect(local.screen.value).toBeNull();
});

test('a phone takes its other camera once the one before is closed, and shows who speaks in the next call', async () => {
  const { devices, local } = build((devices) => {
    devices.facing = ['user', 'environment'];
  });
  const looks = () => [local.facing.value, local.turns.value, local.camera.value.is];
  local.want(BOTH);
  await settle();
  expect(looks()).toEqual(['user', true, 'on']);
  const [, front] = devices.tracks;
  local.turn();
  expect(front?.readyState).toBe('ended');
  expect(looks()).toEqual(['environment', true, 'opening']);
  local.turn();
  await settle();
  expect(looks()).toEqual(['environment', true, 'on']);
  expect(devices.tracks.filter(({ readyState }) => readyState === 'live')).toHaveLength(2);
  local.want({ microphone: true, camera: false });
  local.want(BOTH);
  await settle();
  expect(local.facing.value).toBe('environment');
  local.want(NONE);
  local.want(BOTH);
  await settle();
  expect(looks()).toEqual(['user', true, 'on']);
});

test('a phone with one camera, and a machine whose cameras look nowhere, offer no other', async () => {
  for (const facing of [['user'], []]) {
    const { local } = build((devices) => {
      devices.facing = facing;
    });
    local.want(BOTH);
    await settle();
    if (facing.length > 0) {
      local.turn();
      await settle();
    }
    expect([local.facing.value, local.turns.value]).toEqual(['user', false]);
    local.turn();
    expect(local.camera.value.is).toBe('on');
  }
});

describe('in the window of an app, whose system is asked first', () => {
  /** `grants` says what the system lets the app have; what was asked is kept. */
  function app(grants: (devices: readonly Capture[]) => Promise<boolean>) {
    const devices = new FakeDevices();
    const prepared: Array<readonly Capture[]> = [];
    const prepare = (asked: readonly Capture[]) => {
      prepared.push(asked);
      return grants(asked);
    };
    return { devices, prepared, local: new LocalMedia(devices.as(), 'by_browser', prepare) };
  }
  const both = (local: LocalMedia) => [local.microphone.value, local.camera.value];
  const NOT_GRANTED = { is: 'failed', why: 'not_granted' };

  test('nothing is opened before it said yes', async () => {
    let yes: (granted: boolean) => void = () => undefined;
    const { devices, prepared, local } = app(() => new Promise((resolve) => (yes = resolve)));
    local.want(BOTH);
    local.want(BOTH);
    await settle();
    expect([prepared, devices.asked, local.opening.value]).toEqual([[['microphone', 'camera']], [], true]);
    yes(true);
    await settle();
    expect([devices.asked, local.anyOpen.value]).toEqual([['audio', 'video'], true]);
  });

  test('a call without pictures does not ask for the camera', async () => {
    const { prepared, local } = app(async () => true);
    local.want({ microphone: true, camera: false });
    await settle();
    local.want(BOTH);
    await settle();
    expect([prepared, both(local).map(({ is }) => is)]).toEqual([
      [['microphone'], ['camera']],
      ['on', 'on'],
    ]);
  });

  test('who lets it have neither is told so, and asked again when they try again', async () => {
    let grants = false;
    const { devices, local } = app(async () => grants);
    local.want(BOTH);
    await settle();
    expect([both(local), devices.asked]).toEqual([[NOT_GRANTED, NOT_GRANTED], []]);
    grants = true;
    local.retry();
    await settle();
    expect(both(local).map(({ is }) => is)).toEqual(['on', 'on']);
  });

  test('who is not to be seen is heard', async () => {
    const { devices, local } = app(async (asked) => !asked.includes('camera'));
    local.want(BOTH);
    await settle();
    expect([local.microphone.value.is, local.camera.value, devices.asked]).toEqual(['on', NOT_GRANTED, ['audio']]);
  });

  test('a call that ended while it asked opens nothing, and asks no more', async () => {
    let says: (granted: boolean) => void = () => undefined;
    const { devices, prepared, local } = app(() => new Promise((resolve) => (says = resolve)));
    for (const granted of [true, false]) {
      local.want(BOTH);
      local.want(NONE);
      says(granted);
      await settle();
      expect([both(local).map(({ is }) => is), devices.asked]).toEqual([['off', 'off'], []]);
    }
    expect(prepared).toEqual([
      ['microphone', 'camera'],
      ['microphone', 'camera'],
    ]);
  });

  test('a camera that was switched off while it asked stays off, and the microphone is opened', async () => {
    let says: (granted: boolean) => void = () => undefined;
    const { devices, local } = app(() => new Promise((resolve) => (says = resolve)));
    local.want(BOTH);
    local.want({ microphone: true, camera: false });
    says(true);
    await settle();
    expect([both(local).map(({ is }) => is), devices.asked]).toEqual([['on', 'off'], ['audio']]);
  });

  test('where it cannot be asked, opening them shows what it allows', async () => {
    const { local } = app(() => Promise.reject(new Error('no such command')));
    local.want(BOTH);
    await settle();
    expect(both(local).map(({ is }) => is)).toEqual(['on', 'on']);
  });
});
