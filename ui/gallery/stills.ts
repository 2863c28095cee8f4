/** Pictures that stand still, painted on a canvas: what a node makes of files that were offered. */

import type { PictureSize } from '../src/wire.gen';

export type Still = 'lake' | 'tower' | 'sheet' | 'icon' | 'page';

/** A JPEG in base64. */
export function still(of: Still, { width, height }: PictureSize): string {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const paint = canvas.getContext('2d');
  if (paint === null) return '';
  PAINTERS[of](paint, width, height);
  return canvas.toDataURL('image/jpeg', 0.8).replace(/^.*,/, '');
}

type Painter = (paint: CanvasRenderingContext2D, width: number, height: number) => void;

const PAINTERS: Readonly<Record<Still, Painter>> = {
  lake: (paint, width, height) => drawLake(paint, width, height, 205),
  tower: drawTower,
  sheet: drawSheet,
  icon: drawIcon,
  page: drawPage,
};

function drawLake(paint: CanvasRenderingContext2D, width: number, height: number, hue: number): void {
  const sky = paint.createLinearGradient(0, 0, 0, height);
  sky.addColorStop(0, `hsl(${hue} 55% 48%)`);
  sky.addColorStop(0.6, `hsl(${hue + 150} 70% 84%)`);
  paint.fillStyle = sky;
  paint.fillRect(0, 0, width, height);
  paint.fillStyle = '#fff3d6';
  paint.beginPath();
  paint.arc(width * 0.7, height * 0.34, Math.min(width, height) * 0.08, 0, 7);
  paint.fill();
  for (const [far, light] of [
    [0.5, 52],
    [0.58, 36],
    [0.66, 22],
  ] as const) {
    paint.fillStyle = `hsl(${hue - 40} 26% ${light}%)`;
    paint.beginPath();
    paint.moveTo(0, height);
    for (let x = 0; x <= width; x += 4) {
      const hill = Math.sin((x / width) * (7 + far * 9) + far * 30) * Math.sin((x / width) * 3 + far * 8);
      paint.lineTo(x, height * (far - 0.12 * hill));
    }
    paint.lineTo(width, height);
    paint.fill();
  }
  paint.fillStyle = `hsl(${hue} 40% 58%)`;
  paint.fillRect(0, height * 0.76, width, height * 0.24);
}

function drawTower(paint: CanvasRenderingContext2D, width: number, height: number): void {
  drawLake(paint, width, height, 250);
  paint.fillStyle = '#2b2330';
  paint.beginPath();
  paint.moveTo(width * 0.38, height * 0.86);
  paint.lineTo(width * 0.44, height * 0.2);
  paint.lineTo(width * 0.56, height * 0.2);
  paint.lineTo(width * 0.62, height * 0.86);
  paint.fill();
  paint.fillStyle = '#ffd98a';
  paint.fillRect(width * 0.46, height * 0.23, width * 0.08, height * 0.05);
}

/** As the node puts several together, with its white gap. */
function drawSheet(paint: CanvasRenderingContext2D, width: number, height: number): void {
  const gap = 4;
  const side = (width - gap) / 2;
  paint.fillStyle = '#ffffff';
  paint.fillRect(0, 0, width, height);
  [20, 120, 200, 300].forEach((hue, at) => {
    paint.save();
    paint.translate((at % 2) * (side + gap), Math.floor(at / 2) * (side + gap));
    paint.beginPath();
    paint.rect(0, 0, side, side);
    paint.clip();
    drawLake(paint, side, side, hue);
    paint.restore();
  });
}

function drawIcon(paint: CanvasRenderingContext2D, width: number, height: number): void {
  paint.fillStyle = '#2f6fb3';
  paint.fillRect(0, 0, width, height);
  paint.fillStyle = '#ffffff';
  paint.fillRect(width * 0.25, height * 0.25, width * 0.5, height * 0.5);
}

/** White to its edges, as a page of text is. */
function drawPage(paint: CanvasRenderingContext2D, width: number, height: number): void {
  paint.fillStyle = '#ffffff';
  paint.fillRect(0, 0, width, height);
  paint.fillStyle = '#55504a';
  for (let line = 0; line < 14; line++) {
    paint.fillRect(
      width * 0.12,
      height * (0.1 + line * 0.058),
      width * (0.5 + ((line * 37) % 27) / 100),
      height * 0.016,
    );
  }
}
