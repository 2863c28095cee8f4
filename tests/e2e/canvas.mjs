// @ts-check
/** Pictures that a page draws itself: another track beside the camera's, or another size in its place. */

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('./watch.mjs').WatchedWindow} WatchedWindow */

/**
 * The page of somebody in a call sends a drawn picture, too: `beside` the camera's on a track of its own, which the two
 * sides have to agree on anew, or `instead` of it.
 * @param {Page} page
 * @param {{ place: 'beside' | 'instead', width: number, height: number }} picture
 */
export function draw(page, picture) {
  return page.evaluate(async ({ place, width, height }) => {
    const { connections } = /** @type {WatchedWindow} */ (/** @type {unknown} */ (window)).__watch;
    const connection = connections.at(-1);
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width, height });
    const context = canvas.getContext('2d');
    const [track] = canvas.captureStream(20).getVideoTracks();
    if (connection === undefined || context === null || track === undefined) throw new Error('nothing can be drawn');
    let drawn = 0;
    const drawing = setInterval(() => {
      if (connection.connectionState === 'closed') clearInterval(drawing);
      drawn += 1;
      context.fillStyle = 'rgb(200, 40, 40)';
      context.fillRect(0, 0, width, height);
      context.fillStyle = 'white';
      context.fillRect(drawn % width, height / 2, 16, 16);
    }, 50);
    const camera = connection.getSenders().find((sender) => sender.track?.kind === 'video');
    if (place === 'instead') await camera?.replaceTrack(track);
    else connection.addTrack(track, new MediaStream());
  }, picture);
}
