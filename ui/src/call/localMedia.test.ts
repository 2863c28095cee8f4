import { expect, test } from 'vitest';
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
