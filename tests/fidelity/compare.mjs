// Pairs of pictures -> how many of their pixels are alike. {"a", "b", "diff"} a line in, {"same": 0…1} a line out.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';

const require = createRequire(new URL('../browser/package.json', import.meta.url));
const { PNG } = require('pngjs');
const pixelmatch = (await import(pathToFileURL(require.resolve('pixelmatch')))).default;

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { a, b, diff } = JSON.parse(line);
  let same = 0;
  try {
    const one = PNG.sync.read(fs.readFileSync(a)), other = PNG.sync.read(fs.readFileSync(b));
    const picture = new PNG({ width: one.width, height: one.height });
    if (one.width === other.width && one.height === other.height)
      same = 1 - pixelmatch(one.data, other.data, picture.data, one.width, one.height, { threshold: 0.1 }) / (one.width * one.height);
    if (diff && same < 0.9999) fs.writeFileSync(diff, PNG.sync.write(picture));
  } catch (error) { console.error(a, b, error.message); }
  console.log(JSON.stringify({ same }));
}
