import { fireEvent, screen, within } from '@testing-library/preact';
import { describe, expect, test, vi } from 'vitest';
import { FakeDevices } from '../call/fakes';
import { sampleEcho, sampleMe, samplePeer } from '../node/samples';
import { drawn, page } from './testPage';

const button = (name: string | RegExp) => screen.getByRole('button', { name });
const noButton = (name: string) => screen.queryByRole('button', { name });
const ADA = samplePeer('Ada');
const INCOMING = { caller: false, phase: { is: 'incoming' }, place: 'anywhere' } as const;
const CONNECTED = { phase: { is: 'connected' } } as const;

describe('the list', () => {
  test('holds everybody who is here, with their state in words, and two ways to call', async () => {
    const { host } = page({ peers: [ADA, samplePeer('Ben', { presence: 'in_call' })] });
    const rows = within(screen.getByRole('list', { name: 'Active users' })).getAllByRole('listitem');
    expect(rows.map((row) => row.textContent)).toEqual(['AdaAvailable', 'BenIn a call']);
    fireEvent.click(button('Video call Ada'));
    fireEvent.click(button('Voice call Ben'));
    expect(host.asked).toEqual([
      { type: 'call', peer: ADA.peer, media: 'video' },
      { type: 'call', peer: samplePeer('Ben').peer, media: 'voice' },
    ]);
  });

  test('keeps who is not here apart, with nobody to call', () => {
    page({ peers: [samplePeer('Cleo', { presence: 'offline' })] });
    expect(within(screen.getByRole('list', { name: 'Active users' })).queryAllByRole('listitem')).toHaveLength(0);
    expect(within(screen.getByRole('list', { name: 'Not here now' })).getByText('Cleo')).toBeTruthy();
    expect(noButton('Video call Cleo')).toBeNull();
  });

  test('follows people who come, change and go', async () => {
    const { host } = page({ peers: [ADA] });
    host.say({ type: 'peer', peer: samplePeer('Ben') }, { type: 'peer', peer: { ...ADA, name: 'Ada L.' } });
    await drawn();
    expect(screen.getAllByRole('listitem').map((row) => row.textContent)).toEqual(['Ada L.Available', 'BenAvailable']);
    host.say({ type: 'peer_gone', peer: ADA.peer });
    await drawn();
    expect(screen.getAllByRole('listitem')).toHaveLength(1);
  });

  test('has a search field from eight people on', async () => {
    const people = Array.from({ length: 8 }, (_, n) => samplePeer(`Person ${n}`));
    page({ peers: people.slice(1) });
    expect(screen.queryByRole('searchbox')).toBeNull();
    page({ peers: people });
    fireEvent.input(screen.getByRole('searchbox', { name: 'Search people' }), { target: { value: 'person 3' } });
    await drawn();
    expect(screen.getAllByRole('listitem').map((row) => row.textContent)).toEqual(['Person 3Available']);
  });

  test('says who is verified, and who only goes by the name of one', () => {
    page({ peers: [samplePeer('Ada', { verified: true }), samplePeer('Adа', { not_the_verified: 'Ada' })] });
    expect(screen.getByRole('img', { name: 'Verified' })).toBeTruthy();
    expect(screen.getByText('Not the Ada you verified')).toBeTruthy();
  });

  test('shows a name that is markup as text', () => {
    const name = '<img src=x onerror=alert(1)>';
    const { container } = page({ peers: [samplePeer(name)] });
    expect(button(`Video call ${name}`)).toBeTruthy();
    expect(container.querySelector('img')).toBeNull();
  });

  test('has no calls to place while one is going on', async () => {
    const { call } = page({ peers: [ADA] });
    await call({});
    expect(button('Video call Ada').hasAttribute('disabled')).toBe(true);
    await call({ phase: { is: 'ended', reason: 'declined' } });
    expect(button('Video call Ada').hasAttribute('disabled')).toBe(false);
  });
});

describe('nobody here', () => {
  test('says what is looked for and where, and takes an address by hand', async () => {
    const { host } = page({ me: sampleMe({ addresses: ['10.0.0.7:4433', '192.168.1.2:4433'] }) });
    expect(screen.getByText('10.0.0.7:4433')).toBeTruthy();
    expect(screen.getByRole('heading', { name: 'Looking for people near you' })).toBeTruthy();
    fireEvent.input(screen.getByRole('textbox', { name: 'Address of the other device' }), {
      target: { value: ' 10.0.0.9 ' },
    });
    await drawn();
    fireEvent.click(button('Add'));
    expect(host.asked).toEqual([{ type: 'add_peer', address: '10.0.0.9' }]);
    host.say({ type: 'refused', code: 'nobody_there' });
    await drawn();
    expect(screen.getByText(/Nobody answered at this address/)).toBeTruthy();
  });

  test('says so when there is no network at all', () => {
    page({ me: sampleMe({ addresses: [] }) });
    expect(screen.getByText(/on no network now/)).toBeTruthy();
  });
});

describe('the echo test', () => {
  const ECHO = sampleEcho();

  test('stands last in a list of its own, with what it does and two ways to call', () => {
    const { host } = page({ peers: [ECHO, ADA, samplePeer('Kim', { presence: 'offline' })] });
    const lists = screen.getAllByRole('list').map((list) => list.getAttribute('aria-label'));
    expect(lists).toEqual(['Active users', 'Not here now', 'Try it out']);
    const rows = (name: string) => within(screen.getByRole('list', { name })).getAllByRole('listitem');
    expect(rows('Active users').map((row) => row.textContent)).toEqual(['AdaAvailable']);
    expect(rows('Try it out').map((row) => row.textContent)).toEqual(['Echo testHear and see yourself']);
    fireEvent.click(button('Video call Echo test'));
    fireEvent.click(button('Voice call Echo test'));
    expect(host.asked).toEqual([
      { type: 'call', peer: ECHO.peer, media: 'video' },
      { type: 'call', peer: ECHO.peer, media: 'voice' },
    ]);
  });

  test('is nobody: it is offered where nobody is here', async () => {
    const { host } = page({ peers: [ECHO] });
    expect(screen.getByRole('heading', { name: 'Looking for people near you' })).toBeTruthy();
    expect(within(screen.getByRole('list', { name: 'Active users' })).queryAllByRole('listitem')).toHaveLength(0);
    fireEvent.click(button('Meanwhile: try camera and microphone'));
    expect(host.asked).toEqual([{ type: 'call', peer: ECHO.peer, media: 'video' }]);
    host.say({ type: 'peer_gone', peer: ECHO.peer });
    await drawn();
    expect(noButton('Meanwhile: try camera and microphone')).toBeNull();
    expect(screen.queryByRole('list', { name: 'Try it out' })).toBeNull();
  });

  test('is neither counted nor found nor hidden by the search', async () => {
    const seven = Array.from({ length: 7 }, (_, n) => samplePeer(`Person ${n}`));
    page({ peers: [...seven, ECHO] });
    expect(screen.queryByRole('searchbox')).toBeNull();
    page({ peers: [...seven, ADA, ECHO] });
    fireEvent.input(screen.getByRole('searchbox'), { target: { value: 'echo' } });
    await drawn();
    expect(screen.getByText('Nobody here is called “echo”.')).toBeTruthy();
    expect(button('Video call Echo test')).toBeTruthy();
  });

  test('in a call says what is seen, has nobody to verify, and ends in words', async () => {
    const { call } = page({ peers: [ECHO] });
    await call({ ...CONNECTED, with: ECHO, their_devices: { microphone: false, picture: 'off' } });
    expect(screen.getByRole('region', { name: 'Call with Echo test' })).toBeTruthy();
    expect(screen.getByText('This is you, half a second ago')).toBeTruthy();
    expect(screen.queryByText("Echo test's camera is off")).toBeNull();
    expect(noButton('Verify')).toBeNull();
    expect(button('Video call Echo test').hasAttribute('disabled')).toBe(true);
    await call({ with: ECHO, phase: { is: 'ended', reason: 'hung_up' } });
    expect(screen.getByRole('status').textContent).toContain('The call with Echo test has ended.');
    expect(button('Call again')).toBeTruthy();
  });
});

describe('yourself', () => {
  test('the first start shows the name others will see, to keep or change', async () => {
    const { host } = page({ me: sampleMe({ first_start: true, name: 'robin' }) });
    expect(screen.getByText('This is the name others will see.')).toBeTruthy();
    fireEvent.click(button('Looks good'));
    expect(host.asked).toEqual([{ type: 'set_name', name: 'robin' }]);
  });

  test('the name is editable in place, and Escape leaves it', async () => {
    const { host } = page({ me: sampleMe({ name: 'robin' }) });
    fireEvent.click(button('Change your name: robin'));
    await drawn();
    const field = screen.getByRole('textbox', { name: 'Your name' });
    fireEvent.input(field, { target: { value: 'Robin' } });
    fireEvent.keyDown(field, { key: 'Escape' });
    await drawn();
    expect(host.asked).toEqual([]);
    fireEvent.click(button('Change your name: robin'));
    await drawn();
    fireEvent.input(screen.getByRole('textbox', { name: 'Your name' }), { target: { value: 'Robin' } });
    fireEvent.click(button('Save'));
    expect(host.asked).toEqual([{ type: 'set_name', name: 'Robin' }]);
  });

  test('can hide from the network', async () => {
    const { host } = page();
    fireEvent.click(screen.getByRole('switch', { name: 'Visible on this network' }));
    expect(host.asked).toEqual([{ type: 'set_visible', visible: false }]);
    host.say({ type: 'me', me: sampleMe({ visible: false }) });
    await drawn();
    expect(screen.getByText('Others on this network do not see you.')).toBeTruthy();
  });
});

describe('being called', () => {
  test('is a dialog with three answers, and starts on Accept', async () => {
    const { call, host } = page({ peers: [ADA] });
    await call(INCOMING);
    const dialog = within(screen.getByRole('dialog', { name: 'Incoming call from Ada' }));
    const answers = dialog.getAllByRole('button');
    expect(answers.map((answer) => answer.textContent)).toEqual(['Accept', 'Accept without camera', 'Decline']);
    expect(document.activeElement).toBe(answers[0]);
    for (const answer of answers) fireEvent.click(answer);
    expect(host.asked).toEqual([
      { type: 'accept', call: 'call-1', media: 'video' },
      { type: 'accept', call: 'call-1', media: 'voice' },
      { type: 'decline', call: 'call-1' },
    ]);
  });

  test('a voice call is accepted with the voice', async () => {
    const { call, host } = page();
    await call({ ...INCOMING, mine: 'voice', theirs: 'voice' });
    expect(noButton('Accept without camera')).toBeNull();
    fireEvent.click(button('Accept'));
    expect(host.asked).toEqual([{ type: 'accept', call: 'call-1', media: 'voice' }]);
  });

  test('keeps the keyboard inside, does nothing on Escape, and gives the focus back', async () => {
    const { call, host } = page({ peers: [ADA] });
    button('Video call Ada').focus();
    await call(INCOMING);
    const dialog = screen.getByRole('dialog');
    fireEvent.keyDown(dialog, { key: 'Tab', shiftKey: true });
    expect(document.activeElement?.textContent).toBe('Decline');
    fireEvent.keyDown(dialog, { key: 'Tab' });
    expect(document.activeElement?.textContent).toBe('Accept');
    fireEvent.keyDown(dialog, { key: 'Escape' });
    expect(host.asked).toEqual([]);
    expect(screen.getByRole('dialog')).toBe(dialog);
    await call(null);
    expect(document.activeElement).toBe(button('Video call Ada'));
  });

  test('is not answered by somebody who was typing', async () => {
    const { call } = page();
    screen.getByRole('textbox', { name: 'Address of the other device' }).focus();
    await call(INCOMING);
    const enter = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true });
    document.activeElement?.dispatchEvent(enter);
    expect(enter.defaultPrevented).toBe(true);
  });

  test('warns of somebody who goes by a verified name', async () => {
    const { call } = page();
    await call({ ...INCOMING, with: samplePeer('Ada', { not_the_verified: 'Ada' }) });
    expect(screen.getByText('Not the Ada you verified')).toBeTruthy();
    expect(screen.getByText(/This is a different device/)).toBeTruthy();
  });

  test('says when the browser keeps the ringing silent', async () => {
    const { call, ringer } = page();
    ringer.blocked.value = true;
    await call(INCOMING);
    expect(screen.getByText('Click once to hear ringing')).toBeTruthy();
  });
});

describe('in a call', () => {
  test('the state is said in words', async () => {
    const { call } = page();
    await call({ phase: { is: 'outgoing', ringing: false } });
    expect(screen.getByText('Calling…')).toBeTruthy();
    await call({ phase: { is: 'outgoing', ringing: true } });
    expect(screen.getByText('Ringing')).toBeTruthy();
    await call({ phase: { is: 'connecting' } });
    expect(screen.getByText('Connecting')).toBeTruthy();
    await call({ ...CONNECTED, connected_ms: 192_000 });
    expect(screen.getByText('03:12')).toBeTruthy();
    await call({ phase: { is: 'reconnecting' } });
    expect(screen.getByText('Reconnecting')).toBeTruthy();
  });

  test('has its pictures and its controls by name', async () => {
    const { call, host, container } = page();
    await call(CONNECTED);
    expect([...container.querySelectorAll('video')].map((video) => video.getAttribute('aria-label'))).toEqual([
      "Ada's video",
      'Your video',
    ]);
    fireEvent.click(button('Mute microphone'));
    fireEvent.click(button('Turn camera off'));
    fireEvent.click(button('Share screen'));
    await drawn();
    expect(button('Unmute microphone')).toBeTruthy();
    expect(button('Turn camera on')).toBeTruthy();
    fireEvent.click(button('Stop sharing'));
    fireEvent.click(button('Hang up'));
    expect(host.asked.at(-1)).toEqual({ type: 'hang_up', call: 'call-1' });
  });

  test('M and V work the microphone and the camera, unless a button has the keyboard', async () => {
    const { call } = page();
    await call(CONNECTED);
    fireEvent.keyDown(document.body, { key: 'm' });
    fireEvent.keyDown(document.body, { key: 'V' });
    await drawn();
    expect(button('Unmute microphone')).toBeTruthy();
    expect(button('Turn camera on')).toBeTruthy();
    fireEvent.keyDown(button('Hang up'), { key: 'm' });
    await drawn();
    expect(button('Unmute microphone')).toBeTruthy();
  });

  test('what the other side has off is said in words', async () => {
    const { call } = page();
    await call({ ...CONNECTED, their_devices: { microphone: false, picture: 'off' } });
    expect(screen.getByText("Ada's camera is off")).toBeTruthy();
    expect(screen.getByText("Ada's microphone is off")).toBeTruthy();
  });

  test('the short code is shown to compare, and marks the person when it matched', async () => {
    const { call, host } = page();
    await call(CONNECTED);
    expect(noButton('Verify')).toBeNull();
    await call({ ...CONNECTED, code: ['🐶', '🐶', '🌲', '🚲', '🍎', '🎈'] });
    fireEvent.click(button('Verify'));
    await drawn();
    const card = within(screen.getByRole('region', { name: 'Is it really Ada?' }));
    expect(card.getAllByRole('listitem')).toHaveLength(6);
    fireEvent.click(card.getByRole('button', { name: 'They match' }));
    expect(host.asked.at(-1)).toEqual({ type: 'verify', peer: ADA.peer, verified: true });
  });

  test('a device that failed is a sentence with a way on', async () => {
    const devices = new FakeDevices();
    devices.refuse('video', 'NotAllowedError');
    const { call } = page({}, devices);
    await call(CONNECTED);
    expect(screen.getByRole('alert').textContent).toContain('Dogeller may not use your camera.');
    devices.refuse('video', null);
    fireEvent.click(button('Try again'));
    await drawn();
    expect(screen.queryByRole('alert')).toBeNull();
    expect(button('Turn camera off')).toBeTruthy();
  });

  test('where no screen can be shared there is no button for it', async () => {
    const devices = new FakeDevices();
    const media = devices.as().mediaDevices;
    devices.as = () => ({ userAgent: '', ...(media && { mediaDevices: { getUserMedia: media.getUserMedia } }) });
    const { call } = page({}, devices);
    await call(CONNECTED);
    expect(noButton('Share screen')).toBeNull();
  });
});

describe('a call that is elsewhere', () => {
  test('in another window can be taken over', async () => {
    const { call, host } = page();
    await call({ ...CONNECTED, place: 'elsewhere_page' });
    expect(screen.getByRole('heading', { name: 'This call is in another window' })).toBeTruthy();
    fireEvent.click(button('Continue it here'));
    expect(host.asked).toEqual([{ type: 'take_over', call: 'call-1' }]);
  });

  test('in the browser can be hung up here', async () => {
    const { call, host } = page();
    await call({ phase: { is: 'connecting' }, place: 'opening_browser' });
    expect(screen.getByText(/Calls open in your browser on this system/)).toBeTruthy();
    fireEvent.click(button('Hang up'));
    expect(host.asked).toEqual([{ type: 'hang_up', call: 'call-1' }]);
  });
});

describe('how a call ended', () => {
  test('is a status in words, with a way on', async () => {
    const { call, host } = page();
    await call({ phase: { is: 'ended', reason: 'declined' } });
    expect(screen.getByRole('status').textContent).toContain('Ada declined.');
    fireEvent.click(button('Call again'));
    fireEvent.click(button('Close'));
    expect(host.asked).toEqual([{ type: 'call', peer: ADA.peer, media: 'video' }, { type: 'dismiss' }]);
  });

  test('somebody who went away is not called again', async () => {
    const { call } = page();
    await call({ with: samplePeer('Ada', { presence: 'offline' }), phase: { is: 'ended', reason: 'lost' } });
    expect(noButton('Call again')).toBeNull();
    expect(button('Close')).toBeTruthy();
  });
});

describe('the sound of the other side', () => {
  test('is tried again once a device is open, which is when a browser allows it', async () => {
    const devices = new FakeDevices();
    const open = [devices.hold('audio'), devices.hold('video')];
    const { call, engine } = page({}, devices);
    let allowed = false;
    const play = vi.spyOn(HTMLMediaElement.prototype, 'play').mockImplementation(async function (
      this: HTMLMediaElement,
    ) {
      if (!allowed && !this.muted) throw new DOMException('', 'NotAllowedError');
    });
    engine.remote.value = new MediaStream();
    await call(CONNECTED);
    await drawn();
    const silenced = () => screen.queryByText('Your browser keeps Ada silent until you click.');
    expect(silenced()).toBeTruthy();
    allowed = true;
    for (const release of open) release();
    await drawn();
    await drawn();
    expect(silenced()).toBeNull();
    expect(screen.getByLabelText<HTMLVideoElement>("Ada's video").muted).toBe(false);
    play.mockRestore();
  });
});

describe('the node', () => {
  test('that is gone or does not want this page is said, with what to do', async () => {
    const { host } = page();
    host.become('gone');
    await drawn();
    expect(screen.getByRole('alert').textContent).toContain('Dogeller is not running on this computer');
    host.become('denied');
    await drawn();
    expect(screen.getByRole('alert').textContent).toContain('Open Dogeller again');
    host.become('open');
    await drawn();
    expect(screen.getByRole('list', { name: 'Active users' })).toBeTruthy();
  });

  test('what it refuses is said, and can be put away', async () => {
    const { host } = page();
    host.say({ type: 'refused', code: 'already_in_call' });
    await drawn();
    expect(screen.getByRole('alert').textContent).toContain('A call is going on already.');
    fireEvent.click(button('Close'));
    await drawn();
    expect(screen.queryByRole('alert')).toBeNull();
  });
});
