/** Moving pictures without a camera, painted on a canvas. */

type Subject = 'you' | 'them' | 'screen';

export function paintedStream(subject: Subject): MediaStream {
  const canvas = document.createElement('canvas');
  canvas.width = 960;
  canvas.height = subject === 'you' ? 720 : 540;
  const paint = canvas.getContext('2d');
  if (paint === null) return new MediaStream();
  const draw = () => {
    if (subject === 'screen') drawScreen(paint);
    else drawPerson(paint, subject === 'you' ? '#7d95a8' : '#b09a7c');
    requestAnimationFrame(draw);
  };
  draw();
  return canvas.captureStream(15);
}

function drawPerson(paint: CanvasRenderingContext2D, wall: string): void {
  const { width, height } = paint.canvas;
  const sway = Math.sin(performance.now() / 900) * 12;
  paint.fillStyle = wall;
  paint.fillRect(0, 0, width, height);
  paint.fillStyle = '#e9e2d2';
  paint.fillRect(width * 0.08, height * 0.1, width * 0.22, height * 0.4);
  paint.fillStyle = '#3d5a5b';
  paint.beginPath();
  paint.ellipse(width / 2 + sway, height * 1.1, width * 0.26, height * 0.46, 0, 0, 7);
  paint.fill();
  paint.fillStyle = '#d9a37a';
  paint.beginPath();
  paint.ellipse(width / 2 + sway, height * 0.42, width * 0.1, height * 0.22, 0, 0, 7);
  paint.fill();
  paint.fillStyle = '#3b2a20';
  paint.beginPath();
  paint.ellipse(width / 2 + sway, height * 0.3, width * 0.115, height * 0.14, 0, Math.PI, 7);
  paint.fill();
}

function drawScreen(paint: CanvasRenderingContext2D): void {
  const { width, height } = paint.canvas;
  paint.fillStyle = '#fafafa';
  paint.fillRect(0, 0, width, height);
  paint.fillStyle = '#33507a';
  paint.fillRect(0, 0, width, 48);
  paint.fillStyle = '#c8c8c8';
  for (let line = 0; line < 12; line++)
    paint.fillRect(60, 90 + line * 34, width * (0.4 + ((line * 37) % 45) / 100), 14);
}
