// @ts-check
/** What cameras show in the pictures of the guide: a drawn person who moves, in place of a plain colour. */

/**
 * @typedef {object} Portrait
 * @property {string} wall
 * @property {string} skin
 * @property {string} hair
 * @property {string} shirt
 * @property {boolean} long the hair
 * @property {boolean} glasses
 * @property {boolean} dog looks over the shoulder: the one of `icons/logo.svg`
 */

/** @type {Record<'anna' | 'ben', Portrait>} */
export const PORTRAITS = {
  anna: { wall: '#e9d9c3', skin: '#e8b48f', hair: '#7a3b1f', shirt: '#2f7a78', long: true, glasses: false, dog: true },
  ben: { wall: '#b9cbd8', skin: '#c98d63', hair: '#2d221d', shirt: '#b4553f', long: false, glasses: true, dog: false },
};

/**
 * In a page, before its scripts: the camera shows this portrait. The microphone stays what it was.
 * @param {Portrait} portrait
 */
export function paintCamera({ wall, skin, hair, shirt, long, glasses, dog }) {
  const [width, height] = [960, 540];
  const dark = '#2a221b';
  const devices = navigator.mediaDevices;
  const open = devices.getUserMedia.bind(devices);

  devices.getUserMedia = async (wanted) => {
    if (!wanted?.video) return open(wanted);
    const stream = wanted.audio ? await open({ audio: wanted.audio }) : new MediaStream();
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { alpha: false }));
    paint(pen);
    const [track] = canvas.captureStream(30).getVideoTracks();
    if (track === undefined) throw new Error('a canvas has no picture');
    const painting = setInterval(() => (track.readyState === 'live' ? paint(pen) : clearInterval(painting)), 33);
    stream.addTrack(track);
    return stream;
  };

  /** @param {CanvasRenderingContext2D} pen */
  function paint(pen) {
    const time = performance.now() / 1000;
    /** @type {(colour: string, path: (pen: CanvasRenderingContext2D) => void) => void} */
    const fill = (colour, path) => {
      pen.fillStyle = colour;
      pen.beginPath();
      path(pen);
      pen.fill();
    };
    /** @type {(thick: number, path: (pen: CanvasRenderingContext2D) => void) => void} */
    const line = (thick, path) => {
      pen.lineWidth = thick;
      pen.strokeStyle = dark;
      pen.lineCap = 'round';
      pen.beginPath();
      path(pen);
      pen.stroke();
    };
    /** @type {(colour: string, x: number, y: number, rx: number, ry: number) => void} */
    const oval = (colour, x, y, rx, ry) => fill(colour, () => pen.ellipse(x, y, rx, ry, 0, 0, 7));

    fill(wall, () => pen.rect(0, 0, width, height));
    behind(fill, oval, time);
    if (dog) theDog(pen, 6 + 3 * Math.sin(time * 1.7), 236 + 4 * Math.sin(time * 2.3));

    pen.save();
    // A little to the left, where nothing of the page covers the face.
    pen.translate(-28, 0);
    // Shoulders, and above them a head that sways.
    const [x, y] = [480 + 7 * Math.sin(time * 0.9), 232 + 4 * Math.sin(time * 1.6)];
    if (long) {
      fill(hair, () => {
        pen.moveTo(x - 108, y - 20);
        pen.bezierCurveTo(x - 120, y + 90, x - 160, y + 150, x - 118, y + 214);
        pen.lineTo(x + 118, y + 214);
        pen.bezierCurveTo(x + 160, y + 150, x + 120, y + 90, x + 108, y - 20);
      });
    }
    fill(shirt, () => {
      pen.moveTo(226, 560);
      pen.bezierCurveTo(236, 420, 330, 398, 430, 384);
      pen.lineTo(530, 384);
      pen.bezierCurveTo(630, 398, 724, 420, 734, 560);
    });
    fill(skin, () => {
      pen.moveTo(x - 38, y + 80);
      pen.lineTo(436, 386);
      pen.quadraticCurveTo(480, 436, 524, 386);
      pen.lineTo(x + 38, y + 80);
    });
    oval('rgb(0 0 0 / 12%)', x, y + 126, 42, 16);
    fill(hair, () => {
      pen.ellipse(x, y - 22, 107, 110, 0, Math.PI, 0);
      pen.lineTo(x + 98, y + 16);
      pen.lineTo(x - 98, y + 16);
    });
    if (!long) for (const side of [-1, 1]) oval(skin, x + side * 96, y + 16, 17, 25);
    fill(skin, () => {
      pen.ellipse(x, y - 20, 94, 92, 0, Math.PI, 0);
      pen.bezierCurveTo(x + 94, y + 84, x + 46, y + 128, x, y + 128);
      pen.bezierCurveTo(x - 46, y + 128, x - 94, y + 84, x - 94, y - 20);
    });
    fill(hair, () => {
      pen.moveTo(x - 98, y + 4);
      pen.bezierCurveTo(x - 106, y - 104, x - 40, y - 126, x + 10, y - 122);
      pen.bezierCurveTo(x + 74, y - 116, x + 104, y - 70, x + 98, y + 4);
      if (long) {
        pen.bezierCurveTo(x + 92, y - 50, x + 60, y - 74, x + 30, y - 84);
        pen.bezierCurveTo(x - 6, y - 60, x - 84, y - 56, x - 98, y + 4);
      } else {
        pen.bezierCurveTo(x + 92, y - 30, x + 92, y - 42, x + 80, y - 58);
        pen.bezierCurveTo(x + 20, y - 44, x - 40, y - 58, x - 74, y - 66);
        pen.bezierCurveTo(x - 92, y - 44, x - 90, y - 30, x - 98, y + 4);
      }
    });
    for (const side of [-1, 1]) {
      oval('rgb(214 90 80 / 28%)', x + side * 56, y + 48, 20, 13);
      oval(dark, x + side * 37, y + 8, 8.5, 10);
      oval('#fff', x + side * 37 + 3, y + 4, 3, 3);
      line(5, () => {
        pen.moveTo(x + side * 22, y - 22);
        pen.quadraticCurveTo(x + side * 38, y - 32, x + side * 54, y - 22);
      });
      if (glasses) line(4, () => pen.ellipse(x + side * 38, y + 8, 29, 26, 0, 0, 7));
    }
    if (glasses) {
      line(4, () => {
        pen.moveTo(x - 9, y + 6);
        pen.quadraticCurveTo(x, y, x + 9, y + 6);
      });
    }
    line(4, () => {
      pen.moveTo(x + 2, y + 26);
      pen.quadraticCurveTo(x + 14, y + 46, x - 4, y + 47);
    });
    // Talking, and always with a smile.
    const said = 8 + 7 * Math.abs(Math.sin(time * 5));
    fill('#8c2f2f', () => {
      pen.moveTo(x - 34, y + 70);
      pen.quadraticCurveTo(x, y + 78, x + 34, y + 70);
      pen.quadraticCurveTo(x, y + 84 + 2 * said, x - 34, y + 70);
    });
    fill('#fff', () => {
      pen.moveTo(x - 28, y + 72);
      pen.quadraticCurveTo(x, y + 79, x + 28, y + 72);
      pen.quadraticCurveTo(x, y + 90, x - 28, y + 72);
    });
    pen.restore();
  }

  /**
   * A window with a cloud that drifts by, and a shelf.
   * @param {(colour: string, path: (pen: CanvasRenderingContext2D) => void) => void} fill
   * @param {(colour: string, x: number, y: number, rx: number, ry: number) => void} oval
   * @param {number} time
   */
  function behind(fill, oval, time) {
    fill('#fffdf8', (pen) => pen.roundRect(72, 50, 230, 212, 8));
    fill('#bfe0ef', (pen) => pen.rect(84, 62, 206, 188));
    const cloud = 120 + 50 * (1 + Math.sin(time / 9));
    oval('#fff', cloud, 112, 22, 13);
    oval('#fff', cloud + 22, 106, 24, 17);
    oval('#fff', cloud + 44, 113, 20, 12);
    fill('#8fb86b', (pen) => {
      pen.moveTo(84, 250);
      pen.lineTo(84, 206);
      pen.quadraticCurveTo(150, 160, 210, 206);
      pen.quadraticCurveTo(250, 184, 290, 200);
      pen.lineTo(290, 250);
    });
    fill('#fffdf8', (pen) => {
      pen.rect(182, 62, 10, 188);
      pen.rect(84, 150, 206, 9);
    });
    fill('#9a6a43', (pen) => pen.roundRect(660, 150, 250, 14, 4));
    let left = 676;
    for (const [colour, wide, high] of /** @type {const} */ ([
      ['#c8553d', 22, 84],
      ['#f2a33a', 18, 72],
      ['#2f7a78', 26, 92],
      ['#5b4a8a', 16, 76],
      ['#8fb86b', 22, 66],
    ])) {
      fill(colour, (pen) => pen.rect(left, 150 - high, wide, high));
      left += wide + 3;
    }
    fill('#c8734d', (pen) => pen.roundRect(836, 112, 48, 38, 6));
    for (const [dx, dy] of /** @type {const} */ ([[-16, -18], [0, -30], [16, -18], [-8, -6], [9, -6]])) {
      oval('#5d8f4b', 860 + dx + 1.5 * Math.sin(time + dy), 112 + dy, 13, 15);
    }
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {number} left
   * @param {number} top
   */
  function theDog(pen, left, top) {
    pen.save();
    pen.translate(left, top);
    pen.scale(4, 4);
    /** @type {(colour: string, path: string) => void} */
    const part = (colour, path) => {
      pen.fillStyle = colour;
      pen.fill(new Path2D(path));
    };
    part('#e2942c', 'M14 46C6 60 4 80 4 90H60C60 80 58 60 50 46Z');
    part(
      '#f2a33a',
      'M13.6 11.3c.5-1.5 2.3-2 3.5-1L26.6 17.6c3.5-.8 7.3-.8 10.8 0L46.9 10.3c1.2-1 3-.5 3.5 1 2 6 2.7 12.2 2.2 18.3 2.3 4.7 2.5 9.3.5 13.3C49.6 50.4 41.7 54.5 32 54.5S14.4 50.4 10.9 42.9c-2-4-1.8-8.6.5-13.3-.5-6.1.2-12.3 2.2-18.3Z',
    );
    part(
      '#b56a16',
      'M17 15.6 22.7 20c-2.5 1.1-4.5 2.6-6.1 4.5-.3-3 0-6 .4-8.9ZM47 15.6 41.3 20c2.5 1.1 4.5 2.6 6.1 4.5.3-3 0-6-.4-8.9Z',
    );
    part(
      '#fff6e8',
      'M11 43c.3-4.8 4-8.2 8.5-8.2 3.3 0 6 1.6 7.3 4.3 1.2-2.3 2.7-3.6 5.2-3.6s4 1.3 5.2 3.6c1.3-2.7 4-4.3 7.3-4.3 4.5 0 8.2 3.4 8.5 8.2-3.5 7.4-11.3 11.5-21 11.5S14.5 50.4 11 43Z',
    );
    for (const [colour, x, y, rx, ry] of /** @type {const} */ ([
      ['#fff6e8', 22.8, 25.8, 2.7, 1.9],
      ['#fff6e8', 41.2, 25.8, 2.7, 1.9],
      [dark, 23.2, 32, 2.9, 2.9],
      [dark, 40.8, 32, 2.9, 2.9],
    ])) {
      pen.fillStyle = colour;
      pen.beginPath();
      pen.ellipse(x, y, rx, ry, 0, 0, 7);
      pen.fill();
    }
    part(dark, 'M28.2 40.6c0-1.5 1.6-2.3 3.8-2.3s3.8.8 3.8 2.3c0 1.8-2.2 3.7-3.8 3.7s-3.8-1.9-3.8-3.7Z');
    pen.lineWidth = 1.8;
    pen.lineCap = 'round';
    pen.strokeStyle = dark;
    pen.stroke(new Path2D('M26.4 46.9c1 1.7 4.7 2 5.6-.6.9 2.6 4.6 2.3 5.6.6'));
    pen.restore();
  }
}
