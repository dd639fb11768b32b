// Lines of cost against size as SVG, both axes logarithmic, readable on a light and on a dark page.

const WIDTH = 720;
const HEIGHT = 420;
const MARGIN = { left: 70, right: 150, top: 44, bottom: 52 };
const COLOURS = ['#2563eb', '#d97706', '#059669', '#9333ea', '#dc2626'];

/** `points` as `{ line, size, milliseconds }`. */
export function chart({ title, subtitle, points }) {
  const sizes = powersAround(points.map(({ size }) => size));
  const costs = powersAround(points.map(({ milliseconds }) => milliseconds));
  const x = scale(sizes, MARGIN.left, WIDTH - MARGIN.right);
  const y = scale(costs, HEIGHT - MARGIN.bottom, MARGIN.top);
  const lines = [...new Set(points.map(({ line }) => line))].map((name, index) =>
    drawLine(
      name,
      points.filter(({ line }) => line === name),
      { x, y, colour: COLOURS[index % COLOURS.length] },
    ),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}"`,
    '  font-family="system-ui, sans-serif" font-size="12" fill="#6b7280">',
    `<text x="${MARGIN.left}" y="20" font-size="15" font-weight="600">${escaped(title)}</text>`,
    `<text x="${MARGIN.left}" y="36">${escaped(subtitle)}</text>`,
    ...sizes.map((size) => grid(x(size), MARGIN.top, x(size), HEIGHT - MARGIN.bottom)),
    ...costs.map((cost) => grid(MARGIN.left, y(cost), WIDTH - MARGIN.right, y(cost))),
    ...sizes.map((size) => label(x(size), HEIGHT - MARGIN.bottom + 18, 'middle', size.toLocaleString('en'))),
    ...costs.map((cost) => label(MARGIN.left - 8, y(cost) + 4, 'end', `${cost} ms`)),
    label((MARGIN.left + WIDTH - MARGIN.right) / 2, HEIGHT - 12, 'middle', 'rows of the owner'),
    ...lines,
    '</svg>',
    '',
  ].join('\n');
}

function drawLine(name, points, { x, y, colour }) {
  const path = points.map(
    ({ size, milliseconds }, index) => `${index ? 'L' : 'M'}${round(x(size))} ${round(y(milliseconds))}`,
  );
  const last = points.at(-1);
  return [
    `<path d="${path.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...points.map(
      ({ size, milliseconds }) =>
        `<circle cx="${round(x(size))}" cy="${round(y(milliseconds))}" r="3.5" fill="${colour}"/>`,
    ),
    `<text x="${round(x(last.size)) + 8}" y="${round(y(last.milliseconds)) + 4}" fill="${colour}">${escaped(name)}</text>`,
  ].join('\n');
}

function powersAround(values) {
  const from = Math.floor(Math.log10(Math.min(...values)));
  const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({ length: to - from + 1 }, (_, step) => Number(`1e${from + step}`));
}

function scale(ticks, start, end) {
  const [low, high] = [ticks[0], ticks.at(-1)].map(Math.log10);
  return (value) => start + ((Math.log10(value) - low) / (high - low)) * (end - start);
}

function grid(x1, y1, x2, y2) {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="#9ca3af" stroke-opacity="0.35"/>`;
}

function label(x, y, anchor, text) {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escaped(text)}</text>`;
}

const round = (number) => Math.round(number * 10) / 10;
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
