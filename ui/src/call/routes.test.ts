import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Route, Routes } from './routes';

const settle = () => new Promise((resolve) => setTimeout(resolve));
afterEach(() => void vi.restoreAllMocks());

/** A phone, whose answers a test may hold back, spoil or refuse. */
class Phone {
  readonly asked: Array<string | null> = [];
  listening = 0;
  route: string | null = 'earpiece';
  available: unknown = ['earpiece', 'speaker'];
  answers: (answer: unknown) => Promise<unknown> = async (answer) => answer;
  listens = async (): Promise<void> => undefined;
  #changed: () => void = () => undefined;

  routes = (route: string | null): Promise<unknown> => {
    this.asked.push(route);
    if (route !== null) this.route = route;
    return this.answers({ ...(this.route !== null && { route: this.route }), available: this.available });
  };

  onRoutes = async (changed: () => void): Promise<void> => {
    await this.listens();
    this.listening += 1;
    this.#changed = changed;
  };

  changes(route: string | null, available = this.available): void {
    this.route = route;
    this.available = available;
    this.#changed();
  }

  /** From now on answers wait until this is called, oldest first. */
  hold(): () => void {
    const held: Array<() => void> = [];
    this.answers = (answer) => new Promise((resolve) => held.push(() => resolve(answer)));
    return () => held.shift()?.();
  }
}

async function inCall(change: (phone: Phone) => void = () => undefined) {
  const phone = new Phone();
  change(phone);
  const routes = new Routes(phone);
  routes.during('call-1');
  await settle();
  phone.asked.length = 0;
  return { phone, routes };
}

const TWO = { route: 'earpiece', available: ['earpiece', 'speaker'], other: 'speaker' };

describe('during a call', () => {
  test('the system is asked, asked again when it says that something changed, and forgotten afterwards', async () => {
    const phone = new Phone();
    const routes = new Routes(phone);
    await settle();
    expect([phone.asked, routes.now.value]).toEqual([[], null]);
    routes.during('call-1');
    await settle();
    expect(routes.now.value).toEqual(TWO);
    phone.changes('bluetooth', ['bluetooth', 'earpiece', 'speaker']);
    await settle();
    expect(routes.now.value).toEqual({
      route: 'bluetooth',
      available: ['bluetooth', 'earpiece', 'speaker'],
      other: null,
    });
    routes.during(null);
    expect(routes.now.value).toBeNull();
    const asked = phone.asked.length;
    phone.changes('speaker');
    await settle();
    expect([phone.asked.length, routes.now.value]).toEqual([asked, null]);
  });

  test('the same call asks once, and the next anew, with one listener for all', async () => {
    const { phone, routes } = await inCall();
    routes.during('call-1');
    await settle();
    expect(phone.asked).toEqual([]);
    routes.during('call-2');
    expect(routes.now.value).toBeNull();
    await settle();
    expect([phone.asked, phone.listening, routes.now.value]).toEqual([[null], 1, TWO]);
  });

  test('what is said of a call that is over is not shown in the next', async () => {
    const { phone, routes } = await inCall();
    const answer = phone.hold();
    phone.changes('speaker');
    routes.during('call-2');
    phone.answers = async () => null;
    answer();
    await settle();
    expect(routes.now.value).toBeNull();
  });

  test('many changes at once are one question more', async () => {
    const { phone } = await inCall();
    const answer = phone.hold();
    for (let n = 0; n < 100; n++) phone.changes('speaker');
    answer();
    await settle();
    expect(phone.asked).toEqual([null, null]);
  });

  test('before the system began the call there is nothing to choose, and afterwards there is', async () => {
    const { phone, routes } = await inCall((phone) => {
      phone.route = null;
    });
    expect(routes.now.value).toBeNull();
    phone.changes('earpiece');
    await settle();
    expect(routes.now.value).toEqual(TWO);
  });
});

describe('a choice', () => {
  test('is shown at once', async () => {
    const { phone, routes } = await inCall();
    const answer = phone.hold();
    routes.choose('speaker');
    expect(routes.now.value).toEqual({ ...TWO, route: 'speaker', other: 'earpiece' });
    answer();
    await settle();
    expect([routes.now.value?.route, phone.asked]).toEqual(['speaker', ['speaker']]);
  });

  test('is corrected by the answer', async () => {
    const { phone, routes } = await inCall();
    phone.answers = async () => ({ route: 'earpiece', available: ['earpiece', 'speaker'] });
    routes.choose('speaker');
    await settle();
    expect(routes.now.value).toEqual(TWO);
  });

  test.each([
    ['fails', () => Promise.reject(new Error('gone'))],
    ['is not taken', async () => null],
    ['is answered with nonsense', async () => 'yes'],
  ])('that %s leaves what holds, and asks for it', async (_, answers) => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const { phone, routes } = await inCall();
    phone.answers = () => {
      phone.answers = async () => ({ route: 'earpiece', available: ['wired', 'earpiece', 'speaker'] });
      return answers();
    };
    routes.choose('speaker');
    await settle();
    expect(phone.asked).toEqual(['speaker', null]);
    expect(routes.now.value).toEqual({ route: 'earpiece', available: ['wired', 'earpiece', 'speaker'], other: null });
    phone.answers = async (answer) => answer;
    phone.available = ['earpiece', 'speaker'];
    routes.choose('speaker');
    await settle();
    expect(routes.now.value?.route).toBe('speaker');
  });

  test('the last of several is what holds, and no answer before it shows another', async () => {
    const { phone, routes } = await inCall((phone) => {
      phone.available = ['bluetooth', 'earpiece', 'speaker'];
    });
    const answer = phone.hold();
    for (const route of ['speaker', 'bluetooth', 'earpiece', 'bluetooth'] as const) routes.choose(route);
    phone.changes('earpiece');
    answer();
    await settle();
    expect(routes.now.value?.route).toBe('bluetooth');
    answer();
    await settle();
    expect([routes.now.value?.route, phone.asked]).toEqual(['bluetooth', ['speaker', 'bluetooth']]);
  });

  test('of what is not there, or is so already, or without a call, asks nothing', async () => {
    const { phone, routes } = await inCall();
    for (const route of ['wired', 'earpiece'] satisfies Route[]) routes.choose(route);
    routes.during(null);
    routes.choose('speaker');
    await settle();
    expect(phone.asked).toEqual([]);
  });
});

describe('an answer', () => {
  test('is taken for what is known of it', async () => {
    const { routes } = await inCall((phone) => {
      phone.available = ['speaker', 'hearing loop', 7, null, 'earpiece', 'speaker', { route: 'wired' }];
    });
    expect(routes.now.value).toEqual(TWO);
  });

  test.each([
    ['one alone', { route: 'speaker', available: ['speaker'] }],
    ['the same twice', { route: 'speaker', available: ['speaker', 'speaker'] }],
    ['a place that is not there', { route: 'wired', available: ['earpiece', 'speaker'] }],
    ['a place nobody knows', { route: 'moon', available: ['moon', 'earpiece', 'speaker'] }],
    ['nothing', undefined],
    ['a word', 'speaker'],
    ['a list', ['earpiece', 'speaker']],
    ['no list', { route: 'speaker', available: 'earpiece, speaker' }],
  ])('with %s leaves no choice', async (_, answer) => {
    const { routes } = await inCall((phone) => {
      phone.answers = async () => answer;
    });
    expect(routes.now.value).toBeNull();
  });

  test('that fails leaves what was told before', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const { phone, routes } = await inCall();
    phone.answers = () => Promise.reject(new Error('gone'));
    phone.changes('speaker');
    await settle();
    expect(routes.now.value).toEqual(TWO);
    phone.answers = async (answer) => answer;
    phone.changes('speaker');
    await settle();
    expect(routes.now.value?.route).toBe('speaker');
  });
});

describe('elsewhere than on a phone', () => {
  test('there is no choice, and nothing is listened to', async () => {
    const { phone, routes } = await inCall((phone) => {
      phone.answers = async () => null;
    });
    expect([routes.now.value, phone.listening]).toEqual([null, 0]);
  });

  test('a browser has no say in it', async () => {
    const routes = new Routes(undefined);
    routes.during('call-1');
    routes.choose('speaker');
    await settle();
    expect(routes.now.value).toBeNull();
  });
});

test('what cannot be listened to is still chosen, and tried again', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const { phone, routes } = await inCall((phone) => {
    phone.listens = () => Promise.reject(new Error('not allowed'));
  });
  expect(warn).toHaveBeenCalledTimes(1);
  phone.listens = async () => undefined;
  routes.choose('speaker');
  await settle();
  expect([routes.now.value?.route, phone.listening]).toEqual(['speaker', 1]);
});
